/*
 * What is used of the packages that Foldback is measured against: only `npm run bench` installs them, and the types
 * are checked without.
 */

declare module 'socket.io' {
  import type { Server as HttpServer } from 'node:http'

  interface ServerSocket {
    on(event: string, listener: (message: unknown, acknowledge: (answer: unknown) => void) => void): void
  }

  export class Server {
    constructor(http: HttpServer)
    on(event: 'connection', listener: (socket: ServerSocket) => void): void
  }
}

declare module 'socket.io-client' {
  export interface Socket {
    once(event: 'connect', listener: () => void): void
    disconnect(): void
    emit(event: string, message: unknown, acknowledged: (answer: unknown) => void): void
  }

  export function io(
    url: string,
    options: { readonly transports: readonly string[]; readonly forceNew: boolean },
  ): Socket
}

declare module '@logux/core' {
  export const WsConnection: new (url: string, WebSocket: unknown) => object
  export const Reconnect: new (connection: object) => object
}

declare module '@logux/client' {
  export class Client {
    constructor(options: { readonly subprotocol: number; readonly server: object; readonly userId: string })
    start(): void
    destroy(): void
    waitFor(state: 'synchronized'): Promise<void>
    /** Resolves when the server has processed it. */
    sync(action: { readonly type: string }): Promise<unknown>
  }
}

declare module '@logux/server' {
  import type { Server as HttpServer } from 'node:http'

  type Log = (details: object, message: string) => void
  export type Logger = Readonly<Record<'debug' | 'info' | 'warn' | 'error' | 'fatal', Log>>

  export class Server {
    constructor(options: {
      readonly subprotocol: number
      readonly minSubprotocol: number
      readonly server: HttpServer
      readonly logger: Logger
    })
    auth(authenticate: () => boolean): void
    type(
      type: string,
      callbacks: { access(): boolean; process(context: unknown, action: { readonly type: string }): void },
    ): void
    listen(): Promise<void>
  }
}

declare module '@hocuspocus/extension-database' {
  interface Named {
    readonly documentName: string
  }

  export const Database: new (options: {
    fetch(document: Named): Promise<Uint8Array | null>
    store(document: Named & { readonly state: Buffer }): Promise<void>
  }) => object
}

declare module '@hocuspocus/server' {
  import type { AddressInfo } from 'node:net'

  export class Server {
    constructor(options: {
      readonly address: string
      readonly port: number
      readonly quiet: boolean
      readonly extensions: readonly object[]
    })
    readonly address: AddressInfo
    listen(): Promise<unknown>
  }
}

declare module '@hocuspocus/provider' {
  import type { Doc } from 'yjs'

  export const HocuspocusProviderWebsocket: new (options: {
    readonly url: string
    readonly WebSocketPolyfill: unknown
  }) => { destroy(): void }

  export class HocuspocusProvider {
    constructor(options: {
      readonly websocketProvider: object
      readonly name: string
      readonly document: Doc
      onSynced(): void
      onUnsyncedChanges(changes: { readonly number: number }): void
    })
    attach(): void
    destroy(): void
  }
}

declare module 'yjs' {
  export class Array<Value> {
    push(values: Value[]): void
  }

  export class Map<Value> {
    constructor(entries?: Iterable<readonly [string, Value]>)
    get(key: string): Value | undefined
    set(key: string, value: Value): void
  }

  export class Doc {
    getMap<Value>(name: string): Map<Value>
    transact(change: () => void): void
  }
}

declare module '@event-driven-io/emmett-sqlite' {
  interface Event {
    readonly type: string
    readonly data: object
  }

  interface SQLiteConnection {
    command(sql: string): Promise<unknown>
  }

  export interface SQLiteEventStore {
    readonly schema: { migrate(): Promise<void> }
    appendToStream(
      stream: string,
      events: readonly Event[],
      options?: { readonly expectedStreamVersion: bigint },
    ): Promise<{ readonly nextExpectedStreamVersion: bigint }>
    aggregateStream<State>(
      stream: string,
      fold: { initialState(): State; evolve(state: State, event: Event): State },
    ): Promise<{ readonly state: State }>
  }

  export function sqliteConnection(options: { readonly fileName: string }): SQLiteConnection

  export function getSQLiteEventStore(options: {
    readonly fileName: string
    readonly connectionOptions: { readonly singleton: true; readonly connection: SQLiteConnection }
  }): SQLiteEventStore
}
