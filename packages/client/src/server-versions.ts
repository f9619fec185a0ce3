import type { AnyModel, Welcome } from '@foldback/core'
import type { Interests } from './interests.ts'
import type { RecordCache } from './outbox/record-cache.ts'
import type { Replicas } from './replicas.ts'

/**
 * Under which versions of the models the records that are here were folded: the server's, as it told last. A server
 * with another version folds the same events into other records, so what was confirmed before is no ground for them.
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
  welcomed(models: Welcome['models']): boolean {
    let isOutdated = false
    for (const model of this.#replicas.models.values()) {
      if (models[model.name] !== model.version) isOutdated = true
      if (models[model.name] === this.versionOf(model)) continue
      this.#interests.forgetPositions(model)
      this.#replicas.forgetPositions(model)
      this.#cache.refold(model)
    }
    this.#models = models
    return isOutdated
  }
}
