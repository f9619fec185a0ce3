import { HocuspocusProvider, HocuspocusProviderWebsocket } from '@hocuspocus/provider'
import { WebSocket } from 'ws'
import { Array as SharedArray, Doc, Map as SharedMap } from 'yjs'
import { type OrderAction, OrderWriter, salesOrderSlice } from '../model.ts'
import { writerName } from './action-texts.ts'
import { answerLoad, type LoadOptions } from './answer-load.ts'
import type { LoadClient } from './closed-loop.ts'

/*
 * Sales orders as shared types: each client has a document with its orders, and what is an action elsewhere is a
 * transaction here, and one update. The order's total is not kept, as it follows from its lines.
 */

const { lineAdded } = salesOrderSlice.actions

class HocuspocusClient implements LoadClient {
  readonly #document = new Doc()
  readonly #orders = this.#document.getMap<SharedMap<unknown>>('orders')
  readonly #writer: OrderWriter
  readonly #connections: { destroy(): void }[] = []
  #unsynced = 0
  onAnswered: (count: number) => void = () => {}

  private constructor(name: string) {
    this.#writer = new OrderWriter(name)
  }

  static async connect(port: number, index: number): Promise<HocuspocusClient> {
    const name = writerName(index)
    const client = new HocuspocusClient(name)
    await client.#open(`ws://127.0.0.1:${port}`, name)
    return client
  }

  send(count: number): void {
    for (let left = count; left > 0; left--) this.#write(this.#writer.next())
  }

  async close(): Promise<void> {
    for (const connection of this.#connections) connection.destroy()
  }

  #write(action: OrderAction): void {
    this.#document.transact(() => {
      if (lineAdded.match(action)) {
        const { id, line } = action.payload
        const lines = this.#orders.get(id)!.get('lines') as SharedArray<unknown>
        lines.push([line])
      } else {
        const { id, customer } = action.payload
        this.#orders.set(id, new SharedMap<unknown>(Object.entries({ customer, lines: new SharedArray() })))
      }
    })
  }

  async #open(url: string, name: string): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const websocketProvider = new HocuspocusProviderWebsocket({ url, WebSocketPolyfill: WebSocket })
    const provider = new HocuspocusProvider({
      websocketProvider,
      name,
      document: this.#document,
      onSynced: () => resolve(),
      onUnsyncedChanges: ({ number }) => this.#hear(number),
    })
    provider.attach()
    this.#connections.push(provider, websocketProvider)
    await promise
  }

  /** It says how many updates the server has not acknowledged yet, after each that it has sent and each answer. */
  #hear(unsynced: number): void {
    const answered = this.#unsynced - unsynced
    this.#unsynced = unsynced
    if (answered > 0) this.onAnswered(answered)
  }
}

answerLoad(({ port, clients }: LoadOptions) =>
  Promise.all(Array.from({ length: clients }, (_, index) => HocuspocusClient.connect(port, index))),
)
