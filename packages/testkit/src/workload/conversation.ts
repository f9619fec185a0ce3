import type { DownMessage, Hello, UpMessage } from '@foldback/core'
import type { HistoryPage } from './history-page.ts'

/** One connection, as what was said on it tells. */
export class Conversation {
  readonly connection: number
  readonly page: HistoryPage | undefined
  #hello: Hello | undefined
  #actor: string | undefined
  #serverModels: { readonly [model: string]: number } = {}
  #welcomes = 0

  constructor(connection: number, page: HistoryPage | undefined) {
    this.connection = connection
    this.page = page
  }

  /** Lanes that the client holds. */
  get lanes(): readonly string[] {
    return (this.#hello?.lanes ?? []).map(({ lane }) => lane)
  }

  /** Whom the server takes the client for; undefined before the welcome. */
  get actor(): string | undefined {
    return this.#actor
  }

  get welcomes(): number {
    return this.#welcomes
  }

  /** The version of a model's code at the client. */
  clientVersion(model: string): number | undefined {
    return this.#hello?.models[model]
  }

  /** The version of a model's code at the server. */
  serverVersion(model: string): number | undefined {
    return this.#serverModels[model]
  }

  heard(message: UpMessage | DownMessage): void {
    if (message.type === 'hello') this.#hello = message
    if (message.type !== 'welcome') return
    this.#welcomes++
    this.#actor = message.actor
    this.#serverModels = message.models
  }
}
