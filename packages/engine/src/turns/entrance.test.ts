import { describe, expect, it } from 'vitest'
import type { AppendBatch } from '../event-store.ts'
import type { EngineLimits } from '../limits.ts'
import { ann, bob, created, Gate, noted, type Peer, Rig, settle } from '../test-parts/rig.ts'

const lane = 'lane-of-a-test-0001'
const codesOf = (settlements: readonly object[]): unknown[] =>
  settlements.map((settlement) =>
    'refusal' in settlement ? (settlement.refusal as { code: string }).code : 'accepted',
  )
const notes = (count: number): object[] => Array.from({ length: count }, (_, index) => noted(`${index}`))

describe('one who sends too fast', () => {
  const limits = { actionsPerSecondMax: 2, actionsBurstMax: 4 }

  it('is put off with the time to wait, and taken then', async () => {
    const rig = await Rig.start({ limits })
    const outcomes = await rig.engine.submit(notes(5), ann)
    expect(codesOf(outcomes)).toEqual([...Array.from({ length: 4 }, () => 'accepted'), 'rate-limited'])
    expect(outcomes[4]).toMatchObject({ refusal: { finality: 'transient', retryAfterMs: 1_000 } })
    expect(rig.limited).toContain('actionsPerSecondMax')
    await rig.pass(1_000)
    expect(codesOf(await rig.engine.submit(notes(3), ann))).toEqual(['accepted', 'accepted', 'rate-limited'])
  })

  it('does not use up what others may send', async () => {
    const rig = await Rig.start({ limits })
    await rig.engine.submit(notes(5), ann)
    expect(codesOf(await rig.engine.submit(notes(1), bob))).toEqual(['accepted'])
  })

  it('is told from another one with the same actor where they are counted apart', async () => {
    const rig = await Rig.start({ limits })
    const guest = (countedAs: string) => ({ actor: 'guest', claims: {}, countedAs })
    await rig.engine.submit(notes(5), guest('here'))
    expect(codesOf(await rig.engine.submit(notes(1), guest('there')))).toEqual(['accepted'])
    expect(codesOf(await rig.engine.submit(notes(1), guest('here')))).toEqual(['rate-limited'])
  })

  it('hears in its lane once of the first that is put off, and loses nothing', async () => {
    const rig = await Rig.start({ limits })
    const peer = rig.connect()
    await peer.hello([{ lane, settled: 0 }])
    const actions = notes(10)
    const said = await peer.say({ type: 'push', lane, n: 1, actions })
    expect(said.filter(({ type }) => type === 'rejected')).toEqual([
      {
        type: 'rejected',
        lane,
        n: 5,
        final: false,
        code: 'rate-limited',
        message: expect.any(String),
        retryAfterMs: 1_000,
      },
    ])
    for (let n = 5; n <= 10; n += 2) {
      await rig.pass(1_000)
      await peer.say({ type: 'push', lane, n, actions: actions.slice(n - 1) })
    }
    expect((await rig.engine.queries.record(ann, { model: 'board', id: 'shared' })).state).toEqual({
      notes: actions.map((_, index) => `${index}`),
    })
  })
})

describe('what waits', () => {
  async function waiting(limits: object): Promise<{ rig: Rig; batches: AppendBatch[] }> {
    const batches: AppendBatch[] = []
    const rig: Rig = await Rig.start({
      limits,
      store: {
        append: (batch) => (batches.push(batch), rig.store.append(batch)),
      },
    })
    return { rig, batches }
  }

  it('has a bound in bytes: more is busy until there is room, but one alone is never too large', async () => {
    const { rig } = await waiting({ queuedBytesMax: 1_000 })
    const submit = (bytes: number) => rig.engine.submit([noted('one')], ann, undefined, { bytes })
    const arrived = [submit(5_000), submit(1)]
    expect(rig.engine.load.queuedBytes).toBe(5_000)
    expect(rig.limited).toEqual(['queuedBytesMax'])
    expect((await Promise.all(arrived)).map(codesOf)).toEqual([['accepted'], ['busy']])
    const next = await Promise.all([submit(600), submit(400), submit(1)])
    expect(next.map(codesOf)).toEqual([['accepted'], ['accepted'], ['busy']])
    expect(rig.engine.load.queuedBytes).toBe(0)
  })

  async function hanging(limits: Partial<EngineLimits>): Promise<{ rig: Rig; gate: Gate; peer: Peer }> {
    const gate = new Gate()
    const rig: Rig = await Rig.start({
      limits,
      store: {
        append: async (batch) => {
          await gate.pass()
          return rig.store.append(batch)
        },
      },
    })
    const peer = rig.connect()
    await peer.hello([{ lane, settled: 0 }])
    gate.close()
    return { rig, gate, peer }
  }

  it('has its bound also for what is sent again while a commit hangs', async () => {
    const { rig, gate, peer } = await hanging({ turnActionsMax: 10, queuedActionsMax: 10 })
    for (let count = 0; count < 40; count++)
      await peer.say({ type: 'push', lane, n: 1, actions: [noted('a')] })
    expect(rig.limited).toContain('queuedActionsMax')
    expect(rig.engine.load.actionsUnderWay).toBeLessThanOrEqual(21)
    await gate.open()
  })

  it('has its bound in bytes whatever else comes in the same frame', async () => {
    const { rig, gate, peer } = await hanging({ turnActionsMax: 1, queuedBytesMax: 50_000 })
    const nothing = { type: 'nothing', actions: Array.from({ length: 1_000 }, () => 0) }
    for (let n = 1; n <= 10; n++)
      await peer.say({ type: 'push', lane, n, actions: [noted('x'.repeat(20_000))] }, nothing)
    expect(rig.limited).toContain('queuedBytesMax')
    await gate.open()
  })

  it('of one who floods keeps nobody else waiting, and stays in its order', async () => {
    const { rig, batches } = await waiting({ turnActionsPerUserMax: 3 })
    const flood = rig.engine.submit(notes(20), ann)
    const other = rig.engine.submit([created({ id: '1', owner: 'bob' })], bob)
    await Promise.all([flood, other])
    expect(batches[0]!.units.map(({ events }) => events[0]!.actor)).toEqual(['ann', 'ann', 'ann', 'bob'])
    expect(batches.every(({ units }) => units.length <= 4)).toBe(true)
    expect(rig.limited).toContain('turnActionsPerUserMax')
    expect((await rig.engine.queries.record(ann, { model: 'board', id: 'shared' })).state).toEqual({
      notes: Array.from({ length: 20 }, (_, index) => `${index}`),
    })
  })

  it('has its share of each commit, however often more of it comes while another is made', async () => {
    const gate = new Gate()
    const batches: AppendBatch[] = []
    const rig: Rig = await Rig.start({
      limits: { turnActionsPerUserMax: 3 },
      store: {
        append: async (batch) => {
          batches.push(batch)
          await gate.pass()
          return rig.store.append(batch)
        },
      },
    })
    gate.close()
    for (let count = 0; count < 10; count++) {
      void rig.engine.submit(notes(1), ann)
      await settle()
    }
    await gate.open()
    expect(batches.map(({ units }) => units.length)).toEqual([1, 3, 3, 3])
  })

  it('is told to those who count what they hold', async () => {
    const { rig } = await waiting({})
    await rig.engine.submit([noted('a')], ann)
    expect(rig.engine.load).toMatchObject({ queuedBytes: 0, ratedUsers: 1, cachedRecords: 1 })
  })
})
