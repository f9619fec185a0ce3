import { type AnyModel, defineModel } from '@foldback/core'
import { memoryStore, SeededRandom, StoreMemory, VirtualClock } from '@foldback/testkit'
import { createSlice, type PayloadAction } from '@reduxjs/toolkit'
import { Engine, type EngineOptions } from '../engine.ts'
import type { EventStore } from '../event-store.ts'
import type { EngineLimits } from '../limits.ts'
import type { Connection, Hint, Incident } from '../ports.ts'
import type { AnyRules, Session } from '../rules.ts'
import type { Authenticate } from '../sessions/sync-session.ts'

/** An engine over a memory store whose single calls a test can change; time stands still unless it is moved. */
export class Rig {
  readonly clock = new VirtualClock()
  readonly incidents: Incident[] = []
  /** What was said to the developer; nothing, unless it was asked for. */
  readonly hints: Hint[] = []
  /** The models of states that clients had otherwise, each as often as it was counted. */
  readonly divergences: string[] = []
  /** The limits that have taken effect, each as often as it did. */
  readonly limited: string[] = []
  readonly memory: StoreMemory
  readonly engine: Engine
  readonly #store: EventStore

  constructor(options: RigOptions = {}) {
    this.memory = options.memory ?? new StoreMemory()
    this.#store = memoryStore(this.memory)
    const { rules, limits, store = {}, models = [orders, board], isDevelopment = false } = options
    this.engine = new Engine({
      models,
      ...(rules !== undefined && { rules }),
      ...(limits !== undefined && { limits }),
      ports: {
        clock: this.clock,
        random: new SeededRandom(1),
        store: new Proxy(this.#store, {
          get: (target, name: keyof EventStore) => store[name] ?? target[name].bind(target),
        }),
        defer: (run) => void setImmediate(run),
        report: (incident) => this.incidents.push(incident),
        ...(isDevelopment && { hint: (hint: Hint) => void this.hints.push(hint) }),
        diverged: (model) => this.divergences.push(model),
        limited: (limit) => this.limited.push(limit),
      },
    } satisfies EngineOptions)
  }

  static async start(options: RigOptions = {}): Promise<Rig> {
    const rig = new Rig(options)
    await rig.engine.start()
    return rig
  }

  /** The store itself, as it is without what a test has changed. */
  get store(): EventStore {
    return this.#store
  }

  /** Moves the clock on and runs what is due. */
  async pass(ms: number): Promise<void> {
    const until = this.clock.now() + ms
    while ((this.clock.nextAt ?? Infinity) <= until) {
      this.clock.step()
      await settle()
    }
    this.clock.moveTo(until)
    await settle()
  }

  /** The types of a stream's events with their versions. */
  async log(model: string, id: string): Promise<string[]> {
    const events = await this.#store.events({ model, id }, 1, 1_000)
    return events.map(({ version, action }) => `${version} ${(JSON.parse(action) as { type: string }).type}`)
  }

  /** A client that speaks the sync protocol. */
  connect(who: Session | Authenticate = ann): Peer {
    return new Peer(this.engine, typeof who === 'function' ? who : async () => who)
  }

  /** What a plain connection is sent. */
  listen(session: Session = ann): string[] {
    const received: string[] = []
    this.engine.connectPlain(
      { send: (text) => received.push(text), close: () => {}, bufferedBytes: () => 0 },
      session,
      {},
    )
    return received
  }
}

export interface RigOptions {
  readonly memory?: StoreMemory
  readonly rules?: AnyRules
  readonly limits?: Partial<EngineLimits>
  readonly models?: readonly AnyModel[]
  readonly isDevelopment?: boolean
  /** Calls to answer otherwise than the memory store does. */
  readonly store?: Partial<EventStore>
}

export const ann: Session = { actor: 'ann', claims: {} }
export const bob: Session = { actor: 'bob', claims: {} }

/** Lets promises and deferred turns finish: nothing here waits for anything else. */
export async function settle(): Promise<void> {
  for (let round = 0; round < 20; round++) await new Promise((resolve) => setImmediate(resolve))
}

/** A call that waits, from `close` on, until it is let go. */
export class Gate {
  readonly #waiting: (() => void)[] = []
  #isClosed = false

  close(): void {
    this.#isClosed = true
  }

  async open(): Promise<void> {
    this.#isClosed = false
    for (const go of this.#waiting.splice(0)) go()
    await settle()
  }

  pass(): Promise<void> {
    return this.#isClosed ? new Promise((go) => this.#waiting.push(go)) : Promise.resolve()
  }
}

/** `canRead` for orders: only their owners. */
export const ownersOnly: AnyRules = {
  order: {
    canRead: (record: unknown, session: Session) => (record as Order).owner === session.actor,
  },
}

interface Message {
  readonly type: string
  readonly [field: string]: any
}

/** The other end of a connection: what it was sent, and how it was closed. */
export class Peer {
  readonly received: Message[] = []
  readonly #end: ReturnType<Engine['connectSync']>
  bufferedBytes = 0
  /** What it is sent stays in the server's buffer until `drain`. */
  isSlow = false
  closedWith: number | undefined

  constructor(engine: Engine, authenticate: Authenticate) {
    const connection: Connection = {
      send: (text) => {
        if (this.isSlow) this.bufferedBytes += text.length
        this.received.push(...(JSON.parse(text) as Message[]))
      },
      close: (code) => (this.closedWith = code),
      bufferedBytes: () => this.bufferedBytes,
    }
    this.#end = engine.connectSync(connection, authenticate)
  }

  async say(...messages: object[]): Promise<Message[]> {
    this.received.length = 0
    this.sayText(JSON.stringify(messages))
    await settle()
    return [...this.received]
  }

  /** Sends one frame, whatever is in it. */
  sayText(text: string): void {
    this.#end.receive(text)
  }

  async hello(
    lanes: readonly { lane: string; settled: number }[] = [],
    models = { order: 1, board: 1 },
  ): Promise<Message[]> {
    return this.say({ type: 'hello', protocol: 1, models, lanes })
  }

  async drain(): Promise<Message[]> {
    this.received.length = 0
    this.bufferedBytes = 0
    this.#end.drained()
    await settle()
    return [...this.received]
  }

  hangUp(): void {
    this.#end.closed()
  }
}

interface Order {
  id: string
  owner: string
  lines: string[]
}

const orderSlice = createSlice({
  name: 'order',
  initialState: null as Order | null,
  reducers: {
    created: (state, { payload }: PayloadAction<{ id: string; owner: string }>) =>
      state ?? { ...payload, lines: [] },
    lineAdded: (state, { payload }: PayloadAction<{ id: string; line: string }>) => {
      if (payload.line === 'throw') throw new Error('No such line.')
      state!.lines.push(payload.line === 'huge' ? 'x'.repeat(5_000) : payload.line)
    },
    given: (state, { payload }: PayloadAction<{ id: string; owner: string }>) => {
      state!.owner = payload.owner
    },
    deleted: (_state, _action: PayloadAction<{ id: string }>) => null,
  },
})

const boardSlice = createSlice({
  name: 'board',
  initialState: { notes: [] as string[] },
  reducers: {
    noted: (state, { payload }: PayloadAction<string>) => {
      state.notes.push(payload)
    },
  },
})

const orders = defineModel(orderSlice, {
  streamId: (action) => action.payload.id,
  creates: ['created'],
})
const board = defineModel({
  ...boardSlice,
  actions: { ...boardSlice.actions, given: orderSlice.actions.given },
})

export const { created, lineAdded, given, deleted } = orderSlice.actions
export const { noted } = boardSlice.actions
