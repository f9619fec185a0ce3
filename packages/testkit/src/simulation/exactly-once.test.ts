import type { Outcome, Sync } from '@foldback/client'
import { defineModel } from '@foldback/core'
import type { AnyRules } from '@foldback/engine'
import { configureStore, createSlice, type PayloadAction } from '@reduxjs/toolkit'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SimulatedWorld } from './simulated-world.ts'

/*
 * Random histories of several clients against one server, with connections cut before any frame and the server
 * killed at any time. Whatever happened, in the end each action is in the log once or refused, each lane's order is
 * kept, and everybody sees what the server has.
 */

interface Order {
  id: string
  lines: string[]
}

const orderSlice = createSlice({
  name: 'order',
  initialState: null as Order | null,
  reducers: {
    created: (state, { payload }: PayloadAction<{ id: string }>) => state ?? { id: payload.id, lines: [] },
    lineAdded: (state, { payload }: PayloadAction<{ id: string; line: string }>) => {
      state!.lines.push(payload.line)
    },
    deleted: (_state, _action: PayloadAction<{ id: string }>) => null,
  },
})
const boardSlice = createSlice({
  name: 'board',
  initialState: { notes: [] as string[] },
  reducers: {
    noted: (state, { payload }: PayloadAction<{ note: string }>) => {
      state.notes.push(payload.note)
    },
  },
})
const settingsSlice = createSlice({
  name: 'settings',
  initialState: { themes: [] as string[] },
  reducers: {
    themed: (state, { payload }: PayloadAction<{ theme: string }>) => {
      state.themes.push(payload.theme)
    },
  },
})

const orders = defineModel(orderSlice, { streamId: (action) => action.payload.id, creates: ['created'] })
// A new line is noted on the board too: one action, two streams, atomically.
const board = defineModel({
  ...boardSlice,
  actions: { ...boardSlice.actions, lineAdded: orderSlice.actions.lineAdded },
  reducer: (state: { notes: string[] } | undefined, action) =>
    orderSlice.actions.lineAdded.match(action)
      ? { notes: [...(state?.notes ?? []), `line ${action.payload.line}`] }
      : boardSlice.reducer(state, action),
})
const settings = defineModel(settingsSlice, { stream: 'user' })
const models = [orders, board, settings] as const

const rules: AnyRules = {
  order: {
    guard: (_record, action) => (String(action.payload.line).startsWith('refused') ? 'Not this line.' : true),
    enrich: (action) =>
      String(action.payload.line).startsWith('enriched')
        ? { ...action, payload: { ...action.payload, line: `${action.payload.line}!` } }
        : undefined,
  },
}

type Step =
  | { readonly do: 'dispatch'; readonly client: number; readonly order: number; readonly kind: ActionKind }
  | { readonly do: 'foreign'; readonly order: number }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'crash' }
  | { readonly do: 'offline' | 'online'; readonly client: number }

type ActionKind = 'created' | 'line' | 'refused' | 'enriched' | 'deleted' | 'noted' | 'themed'

const client = fc.nat(2)
const order = fc.nat(2)
const kind = fc.constantFrom<ActionKind>(
  'created',
  'line',
  'line',
  'line',
  'refused',
  'enriched',
  'deleted',
  'noted',
  'themed',
)
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('dispatch' as const), client, order, kind }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('foreign' as const), order }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.nat(400) }) },
  { weight: 1, arbitrary: fc.constant({ do: 'crash' as const }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('offline' as const, 'online' as const), client }) },
)

class History {
  readonly world: SimulatedWorld<typeof models>
  readonly clients: {
    readonly sync: Sync<typeof models>
    readonly getState: () => unknown
    readonly dispatch: (action: never) => unknown
  }[] = []
  /** By action id, in the order in which each client dispatched. */
  readonly dispatched: { readonly client: number; readonly id: string; outcome: Outcome | undefined }[] = []
  #count = 0

  constructor(seed: number) {
    this.world = new SimulatedWorld(models, {
      seed,
      rules,
      limits: { restMs: 100, cachedRecordsMax: 1, resumeEventsMax: 4 },
    })
  }

  async start(): Promise<void> {
    await this.world.startServer()
    for (const user of ['ann', 'bob', 'ann']) this.#addClient(user)
  }

  #addClient(user: string): void {
    const sync = this.world.makeClient(user)
    const store = configureStore({
      reducer: { ...sync.reducers },
      middleware: (d) => d().concat(sync.middleware),
    })
    sync.connect()
    // One client is interested in every order, the others in single ones.
    if (this.clients.length === 0) sync.subscribe(orders)
    else for (const id of ['0', '1', '2']) sync.subscribe(orders, id)
    this.clients.push({
      sync,
      getState: store.getState,
      dispatch: store.dispatch as (action: never) => unknown,
    })
  }

  async do(next: Step): Promise<void> {
    if (next.do === 'wait') return this.world.run(next.ms)
    if (next.do === 'crash') {
      this.world.crashServer()
      await this.world.startServer()
    } else if (next.do === 'foreign') {
      const action = orderSlice.actions.lineAdded({
        id: String(next.order),
        line: `foreign ${this.#count++}`,
      })
      void this.world.engine.submit([action], { actor: 'zoe', claims: {} })
    } else if (next.do === 'dispatch') this.#dispatch(next)
    else if (next.do === 'offline') this.clients[next.client]!.sync.disconnect()
    else this.clients[next.client]!.sync.connect()
  }

  #dispatch({ client: index, order: orderIndex, kind: which }: Step & { do: 'dispatch' }): void {
    const { sync, dispatch } = this.clients[index]!
    const id = String(orderIndex)
    const text = `${which} ${this.#count++}`
    const action =
      which === 'created'
        ? orderSlice.actions.created({ id })
        : which === 'deleted'
          ? orderSlice.actions.deleted({ id })
          : which === 'noted'
            ? boardSlice.actions.noted({ note: text })
            : which === 'themed'
              ? settingsSlice.actions.themed({ theme: text })
              : orderSlice.actions.lineAdded({ id, line: text })
    dispatch(action as never)
    const entry = {
      client: index,
      id: sync.pending().at(-1)!.meta.foldback.id,
      outcome: undefined as Outcome | undefined,
    }
    this.dispatched.push(entry)
    void sync.settled(action).then((outcome) => (entry.outcome = outcome))
  }

  async finish(): Promise<void> {
    this.world.network.cutsAt = () => false
    for (const { sync } of this.clients) sync.connect()
    await this.world.runUntil(() =>
      this.clients.every(({ sync }) => sync.status.phase === 'connected' && sync.status.pending === 0),
    )
    await this.world.run(10_000)
  }

  check(): void {
    const { log, streams } = this.world.memory
    for (const { events } of streams.values())
      expect(events.map(({ version }) => version)).toEqual(events.map((_, index) => index + 1))
    for (const { id, outcome } of this.dispatched) {
      const found = [...streams.values()].flatMap((stream) =>
        stream.events.filter((event) => event.id === id).map(() => stream.model),
      )
      expect(new Set(found).size).toBe(found.length)
      expect(found.length > 0).toBe(outcome!.accepted)
    }
    for (const index of this.clients.keys()) {
      const own = this.dispatched
        .filter((entry) => entry.client === index && entry.outcome!.accepted)
        .map(({ id }) => id)
      const kept = [...new Set(log.map(({ id }) => id))].filter((id) => own.includes(id))
      expect(kept).toEqual(own)
    }
  }

  async checkStates(): Promise<void> {
    const { queries } = this.world.engine
    const stateOf = (actor: string, model: string, id: string): Promise<unknown> =>
      this.world.waitFor(
        queries.record({ actor, claims: {} }, { model, id }).then(
          ({ state }) => state,
          () => null,
        ),
      )
    const entities: { [id: string]: unknown } = {}
    for (const id of ['0', '1', '2']) {
      const state = await stateOf('zoe', 'order', id)
      if (state !== null) entities[id] = state
    }
    for (const [index, actor] of ['ann', 'bob', 'ann'].entries()) {
      const state = this.clients[index]!.getState() as { order: { entities: unknown } }
      expect({ ...state, order: state.order.entities }).toEqual({
        order: entities,
        board: await stateOf(actor, 'board', 'shared'),
        settings: await stateOf(actor, 'settings', actor),
      })
    }
  }
}

async function live(seed: number, steps: readonly Step[], cuts: readonly number[]): Promise<History> {
  const history = new History(seed)
  const isCut = new Set(cuts)
  history.world.network.cutsAt = (delivery) => isCut.has(delivery)
  await history.start()
  for (const each of steps) await history.do(each)
  await history.finish()
  return history
}

describe('exactly once', () => {
  it('each action is in the log once, in order, and all sides end equal, whatever is cut or crashes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(),
        fc.array(step, { maxLength: 40 }),
        fc.uniqueArray(fc.nat(150), { maxLength: 12 }),
        async (seed, steps, cuts) => {
          const history = await live(seed, steps, cuts)
          history.check()
          await history.checkStates()
        },
      ),
      {
        numRuns: Number(process.env['RUNS'] ?? 400),
        ...(process.env['SEED'] && { seed: Number(process.env['SEED']) }),
      },
    )
  }, 60_000)

  it('a cut before each single frame of one history changes nothing of what comes of it', async () => {
    const steps: Step[] = [
      { do: 'dispatch', client: 0, order: 0, kind: 'created' },
      { do: 'dispatch', client: 0, order: 0, kind: 'line' },
      { do: 'dispatch', client: 0, order: 0, kind: 'refused' },
      { do: 'wait', ms: 100 },
      { do: 'foreign', order: 0 },
      { do: 'dispatch', client: 0, order: 0, kind: 'line' },
      { do: 'dispatch', client: 1, order: 0, kind: 'enriched' },
      { do: 'wait', ms: 100 },
      { do: 'dispatch', client: 1, order: 0, kind: 'refused' },
      { do: 'dispatch', client: 0, order: 0, kind: 'line' },
      { do: 'foreign', order: 0 },
    ]
    const uncut = await live(1, steps, [])
    const frames = uncut.world.network.deliveries
    expect(frames).toBeGreaterThan(20)
    for (let cut = 0; cut < frames; cut++) {
      const history = await live(1, steps, [cut])
      history.check()
      await history.checkStates()
    }
  }, 60_000)
})
