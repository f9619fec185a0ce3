import type { Connect, SocketHandlers } from '@foldback/client'
import { decodeFrame, type DownMessage, readUpMessage, type UpMessage } from '@foldback/core'
import { SeededRandom, VirtualClock } from '@foldback/testkit'

const pingFrame = '[{"type":"ping"}]'

/** A server that says what a test tells it to say, and nothing by itself but that it is there. */
export class FakeServer {
  readonly clock = new VirtualClock()
  readonly random = new SeededRandom(1)
  readonly connections: FakeConnection[] = []
  /** With false, pings are frames like any other. */
  answersPings = true
  #welcome: DownMessage | undefined

  readonly connect: Connect = (_url, _subprotocol, handlers) => {
    const connection = new FakeConnection(handlers)
    this.connections.push(connection)
    return {
      send: (text) => {
        if (this.answersPings && text === pingFrame) void this.clock.after(0, () => connection.pong())
        else connection.frames.push(text)
      },
      close: () => void (connection.isClosed = true),
    }
  }

  /** The newest connection. */
  get connection(): FakeConnection {
    const connection = this.connections.at(-1)
    if (connection === undefined) throw new Error('Nobody has connected.')
    return connection
  }

  /** Takes in a client that has just connected: opens, hears its hello, and welcomes it. */
  async welcome(
    welcome: Partial<Extract<DownMessage, { type: 'welcome' }>> & { mark?: number } = {},
  ): Promise<void> {
    // A page connects when it has read what its device keeps.
    await this.run(0)
    const { connection } = this
    connection.open()
    await this.run(0)
    const [hello] = connection.take('hello')
    if (hello === undefined) throw new Error('There was no hello.')
    const { mark = 0, ...rest } = welcome
    this.#welcome = {
      type: 'welcome',
      actor: 'ann',
      time: this.clock.now(),
      models: hello.models,
      history: 'one',
      lanes: hello.lanes.map(({ lane }) => ({ lane, mark, refusals: [] })),
      frameBytesMax: 1024 * 1024,
      ...rest,
    }
    await this.welcomeAgain()
  }

  /** Says the last welcome again, as to a reader that has fallen behind. */
  async welcomeAgain(): Promise<void> {
    if (this.#welcome === undefined) throw new Error('There was no welcome.')
    this.connection.say(this.#welcome)
    await this.run(0)
  }

  /** Lets everything happen that is due within so many milliseconds. */
  async run(forMs: number): Promise<void> {
    const until = this.clock.now() + forMs
    await settlePromises()
    while ((this.clock.nextAt ?? Infinity) <= until) {
      this.clock.step()
      await settlePromises()
    }
    this.clock.moveTo(until)
  }
}

export class FakeConnection {
  readonly #handlers: SocketHandlers
  /** Everything that the client has sent, and `take` has not taken. */
  readonly frames: string[] = []
  /** The client has ended it. */
  isClosed = false

  constructor(handlers: SocketHandlers) {
    this.#handlers = handlers
  }

  open(): void {
    this.#handlers.opened()
  }

  pong(): void {
    if (!this.isClosed) this.say({ type: 'pong' })
  }

  /** Sends one frame. */
  say(...messages: (DownMessage | object)[]): void {
    this.sayText(JSON.stringify(messages))
  }

  sayText(text: string): void {
    this.#handlers.received(text)
  }

  close(code: number): void {
    this.#handlers.closed(code, '')
  }

  /** The messages of a type that the client has sent since this was called last; all others are forgotten. */
  take<Type extends UpMessage['type']>(type: Type): Extract<UpMessage, { type: Type }>[] {
    const values = this.frames.splice(0).flatMap((text) => decodeFrame(text) ?? [])
    return values.map(readUpMessage).filter((message) => message?.type === type) as Extract<
      UpMessage,
      { type: Type }
    >[]
  }
}

function settlePromises(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
