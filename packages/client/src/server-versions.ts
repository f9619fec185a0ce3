import type { Welcome } from '@foldback/core'
import type { Interests } from './interests.ts'
import type { Replicas } from './replicas.ts'

/**
 * Which versions of the models the server has told of so far. A server with another version folds the same events
 * into other records, so what was confirmed under the one before is no ground for events of the new one.
 */
export class ServerVersions {
  readonly #replicas: Replicas
  readonly #interests: Interests
  #models: Welcome['models'] = {}

  constructor(replicas: Replicas, interests: Interests) {
    this.#replicas = replicas
    this.#interests = interests
  }

  /** Before anything is asked for again. True when the server has other versions than this client. */
  welcomed(models: Welcome['models']): boolean {
    let isOutdated = false
    for (const model of this.#replicas.models.values()) {
      const version = models[model.name]
      if (version !== model.version) isOutdated = true
      if (version === this.#models[model.name]) continue
      this.#interests.forgetPositions(model)
      this.#replicas.forgetPositions(model)
    }
    this.#models = models
    return isOutdated
  }
}
