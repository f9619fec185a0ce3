import type { AnyModel, Welcome } from '@foldback/core'
import type { Interests } from './interests.ts'
import type { RecordCache } from './outbox/record-cache.ts'
import type { Replicas } from './replicas.ts'

/**
 * Under which versions of the models, and of which history of the log, the records that are here are: the server's, as
 * it told last. A server with another version folds the same events into other records, and one with another history
 * has other events, also under the same versions and ids; so what was confirmed before is no ground for them.
 */
export class ServerVersions {
  readonly #replicas: Replicas
  readonly #interests: Interests
  readonly #cache: RecordCache
  #models: Welcome['models'] = {}

  constructor(replicas: Replicas, interests: Interests, cache: RecordCache) {
    this.#replicas = replicas
    this.#interests = interests
    this.#cache = cache
  }

  /** This client's own, before a server has said otherwise: of what the device keeps, nothing else is shown. */
  versionOf({ name, version }: AnyModel): number {
    return this.#models[name] ?? version
  }

  /** Before anything is asked for again. True when the server has other versions than this client. */
  welcomed({ models, history }: Welcome): boolean {
    const isOtherHistory = this.#cache.welcomed(history)
    let isOutdated = false
    for (const model of this.#replicas.models.values()) {
      if (models[model.name] !== model.version) isOutdated = true
      const isRefolded = models[model.name] !== this.versionOf(model)
      if (isRefolded) this.#cache.refold(model)
      if (!isRefolded && !isOtherHistory) continue
      this.#interests.forgetPositions(model)
      this.#replicas.forgetPositions(model)
    }
    this.#models = models
    return isOutdated
  }
}
