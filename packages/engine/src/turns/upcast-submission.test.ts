import { createSlice, type PayloadAction } from '@reduxjs/toolkit'
import { type AnyModel, cancellation, defineModel, type StampedAction } from '@foldback/core'
import { describe, expect, it, vi } from 'vitest'
import { ann, type Peer, Rig, settle } from '../test-parts/rig.ts'

/*
 * A server whose model `task` is version 3: `finished` became `done`, and `titled` has an object for its payload. Its
 * model `board` is version 1, and handles `done` too.
 */

const taskSlice = createSlice({
  name: 'task',
  initialState: { title: '', by: '' },
  reducers: {
    titled: (task, { payload }: PayloadAction<{ title: string }>) => void (task.title = payload.title),
    done: (task, { payload }: PayloadAction<string>) => void (task.by = payload),
  },
})
const upcast = vi.fn((action: StampedAction & { payload?: any }, from: number) => {
  if (action.payload === 'throw') throw new Error('It cannot be told.')
  if (action.payload === 'nothing') return undefined as never
  if (action.type === 'task/finished')
    return { type: 'task/done', payload: `${action.meta.foldback.actor}, ${from}` }
  return action.type === 'task/titled' ? { ...action, payload: { title: action.payload } } : action
})
const boardSlice = createSlice({
  name: 'board',
  initialState: 0,
  reducers: { counted: (count) => count + 1 },
  extraReducers: (builder) => builder.addCase(taskSlice.actions.done, (count) => count + 1),
})
const models: readonly AnyModel[] = [
  defineModel(taskSlice, { version: 3, upcast }),
  defineModel({ ...boardSlice, actions: { ...boardSlice.actions, done: taskSlice.actions.done } }),
]

const lane = 'laneOfAnOlderClient1'
const versionsToday = { task: 3 }

const written = (action: object, id: string, versions?: object) => ({
  ...action,
  meta: { foldback: { id, at: 1, actor: 'ann', ...(versions && { versions }) } },
})
const push = (n: number, ...actions: object[]) => ({ type: 'push', lane, n, actions })

async function connected(rig: Rig, clientModels: object = { task: 1, board: 1 }): Promise<Peer> {
  const peer = rig.connect()
  await peer.hello([{ lane, settled: 0 }], clientModels as never)
  return peer
}

async function logged(rig: Rig): Promise<StampedAction[]> {
  const events = await rig.store.events({ model: 'task', id: 'shared' }, 1, 100)
  return events.map(({ action }) => JSON.parse(action) as StampedAction)
}

describe('an action of an older client', () => {
  it('is brought up to date before it is routed, judged, folded and kept', async () => {
    const canDispatch = vi.fn()
    const rig = await Rig.start({ models, rules: { task: { canDispatch } } })
    const peer = await connected(rig)
    await peer.say({ type: 'subscribe', model: 'task' }, { type: 'subscribe', model: 'board' })
    const received = await peer.say(push(1, written({ type: 'task/finished', payload: 7 }, 'a')))
    const action = {
      type: 'task/done',
      payload: 'ann, 1',
      meta: { foldback: { id: 'a', at: 1, actor: 'ann', versions: versionsToday } },
    }
    expect(await logged(rig)).toEqual([action])
    expect(canDispatch).toHaveBeenCalledExactlyOnceWith(action, expect.objectContaining({ actor: 'ann' }))
    // Settled without places, then all it says: the record of the model it folds otherwise, the event of the other.
    expect(received).toMatchObject([
      { type: 'settled', from: 1, places: [] },
      { type: 'snapshot', model: 'task', state: { by: 'ann, 1' }, marks: { [lane]: 1 } },
      { type: 'events', model: 'board', events: [{ lane, n: 1, action }] },
    ])
  })

  it('is upcast from the version it was written under, be it sent by a newer client', async () => {
    const rig = await Rig.start({ models })
    const peer = await connected(rig, { task: 3, board: 1 })
    await peer.say(
      push(
        1,
        written({ type: 'task/finished' }, 'a', { task: 2 }),
        written({ type: 'task/titled', payload: 'Buy tea' }, 'b'),
        written({ type: 'task/titled', payload: { title: 'Buy milk' } }, 'c', versionsToday),
      ),
    )
    expect((await logged(rig)).map(({ payload }) => payload)).toEqual([
      'ann, 2',
      { title: 'Buy tea' },
      { title: 'Buy milk' },
    ])
  })

  it('is upcast once, however often it is sent', async () => {
    const rig = await Rig.start({ models })
    const peer = await connected(rig)
    const old = written({ type: 'task/titled', payload: 'Buy tea' }, 'a')
    await peer.say(push(1, old))
    expect(await peer.say(push(1, old))).toMatchObject([{ type: 'settled', from: 1, places: [] }])
    expect((await logged(rig)).map(({ payload }) => payload)).toEqual([{ title: 'Buy tea' }])
  })

  it.each(['throw', 'nothing'])('is refused for good where upcast makes "%s" of it', async (payload) => {
    const rig = await Rig.start({ models })
    const peer = await connected(rig)
    const old = written({ type: 'task/titled', payload }, 'a')
    const refused = { type: 'rejected', n: 1, final: true, code: 'upcast-failed' }
    expect(
      await peer.say(push(1, old, written({ type: 'task/titled', payload: 'Next' }, 'b'))),
    ).toMatchObject([refused, { type: 'settled', from: 2 }])
    expect(rig.incidents).toMatchObject([{ code: 'upcast-failed', action: { type: 'task/titled' } }])
    expect(await peer.say(push(1, old))).toMatchObject([refused])
    expect(rig.incidents).toHaveLength(1)
    expect(await logged(rig)).toHaveLength(1)
  })

  it('stands for as many as it did, and one that is given up is asked of nobody', async () => {
    const rig = await Rig.start({ models })
    const peer = await connected(rig)
    upcast.mockClear()
    expect(await peer.say(push(1, cancellation))).toMatchObject([{ type: 'rejected', code: 'cancelled' }])
    expect(upcast).not.toHaveBeenCalled()
    await peer.say(push(2, { type: 'task/finished', meta: { foldback: { id: 'a', merged: 3 } } }))
    expect(await logged(rig)).toMatchObject([{ type: 'task/done', meta: { foldback: { merged: 3 } } }])
  })

  it('cannot say to upcast that somebody else wrote it, or when it was not', async () => {
    const rig = await Rig.start({ models })
    const peer = await connected(rig)
    const forged = { type: 'task/finished', meta: { foldback: { id: 'a', at: 1e15, actor: 'eve' } } }
    await peer.say(push(1, forged))
    expect(await logged(rig)).toMatchObject([{ payload: 'ann, 1' }])
    expect((await logged(rig))[0]!.meta.foldback.at).toBe(rig.clock.now())
  })

  it('whose model this client never had is taken as of today', async () => {
    const rig = await Rig.start({ models })
    const peer = await connected(rig, { board: 1 })
    upcast.mockClear()
    await peer.say(push(1, written({ type: 'task/done', payload: 'me' }, 'a')))
    expect(upcast).not.toHaveBeenCalled()
    expect((await logged(rig)).map(({ payload }) => payload)).toEqual(['me'])
  })
})

describe('an action of a newer client', () => {
  it('is put off with all behind it, until the server is as new', async () => {
    const old = await Rig.start({ models })
    const newer = written({ type: 'task/done', payload: 'me' }, 'a', { task: 4 })
    const peer = await connected(old, { task: 4, board: 1 })
    const frame = push(1, newer, written({ type: 'board/counted' }, 'b'))
    expect(await peer.say(frame)).toMatchObject([
      { type: 'rejected', n: 1, final: false, code: 'newer-version' },
    ])
    expect(await logged(old)).toEqual([])
    await old.engine.close()

    const taskModel = { ...models[0]!, version: 4 }
    const deployed = await Rig.start({ models: [taskModel, models[1]!], memory: old.memory })
    const again = await connected(deployed, { task: 4, board: 1 })
    expect(await again.say(frame)).toMatchObject([
      { type: 'settled', from: 1, places: [{ model: 'task' }, { model: 'board' }] },
      { type: 'settled', from: 2 },
    ])
  })
})

describe('an action from a door whose senders need not stamp', () => {
  const accepted = { status: 'accepted' }

  it('is taken as of today, and kept with today’s versions', async () => {
    const rig = await Rig.start({ models })
    upcast.mockClear()
    const action = { type: 'task/titled', payload: { title: 'Buy tea' } }
    expect(await rig.engine.submit([action], ann)).toMatchObject([accepted])
    const plain = rig.engine.connectPlain(
      { send: () => {}, close: () => {}, bufferedBytes: () => 0 },
      ann,
      {},
    )
    plain.receive(JSON.stringify(action))
    await settle()
    expect(upcast).not.toHaveBeenCalled()
    const kept = { ...action, meta: { foldback: { versions: versionsToday } } }
    expect(await logged(rig)).toMatchObject([kept, kept])
  })

  it('is upcast when it says under which version it was written', async () => {
    const rig = await Rig.start({ models })
    const old = { type: 'task/titled', payload: 'Buy tea', meta: { foldback: { versions: { task: 1 } } } }
    expect(await rig.engine.submit([old], ann)).toMatchObject([accepted])
    expect(await logged(rig)).toMatchObject([
      { payload: { title: 'Buy tea' }, meta: { foldback: { id: expect.any(String), actor: 'ann' } } },
    ])
    const newer = { ...old, meta: { foldback: { versions: { task: 4 } } } }
    expect(await rig.engine.submit([newer], ann)).toMatchObject([
      { status: 'refused', refusal: { code: 'newer-version', finality: 'transient' } },
    ])
  })
})

describe('a client that folds a model with other code', () => {
  it('is told the record, and no place to put its own fold at', async () => {
    const rig = await Rig.start({ models })
    const peer = await connected(rig, { task: 2, board: 1 })
    await peer.say({ type: 'subscribe', model: 'task' }, { type: 'subscribe', model: 'board' })
    // Written by a newer page, and left in the outbox to one of before.
    const action = written({ type: 'task/done', payload: 'me' }, 'a', versionsToday)
    expect(await peer.say(push(1, action))).toMatchObject([
      { type: 'settled', from: 1, places: [{ model: 'board', version: 1 }] },
      { type: 'snapshot', model: 'task', version: 1, marks: { [lane]: 1 } },
    ])
  })

  it('is listed all records anew, because what it has may be later than its position', async () => {
    const rig = await Rig.start()
    await rig.engine.submit([{ type: 'order/created', payload: { id: '1', owner: 'ann' } }], ann)
    const peer = rig.connect()
    await peer.hello([], { order: 2, board: 1 })
    const [, synced] = await peer.say({ type: 'subscribe', model: 'order' })
    expect(await peer.say({ type: 'subscribe', model: 'order', sinceLog: synced!.position })).toMatchObject([
      { type: 'snapshot', id: '1' },
      { type: 'synced', complete: true },
    ])
  })
})
