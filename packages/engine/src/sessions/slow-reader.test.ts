import { FoldbackError } from '@foldback/core'
import { describe, expect, it } from 'vitest'
import { ann, bob, created, Gate, noted, type Peer, Rig, settle } from '../test-parts/rig.ts'

const lane = 'lane-of-a-test-0001'
const stamped = (action: object, id: string): object => ({
  ...action,
  meta: { foldback: { id, at: 0, actor: 'ann' } },
})
const orders = Array.from({ length: 10 }, (_, index) => created({ id: `${index}`, owner: 'a'.repeat(200) }))

/** Reads what there is, then what that made room for, and so on. */
async function readAll(peer: Peer, rounds = 20): Promise<readonly string[]> {
  const types = peer.received.map(({ type }) => type)
  for (let round = 0; round < rounds && peer.bufferedBytes > 0; round++)
    types.push(...(await peer.drain()).map(({ type }) => type))
  return types
}

describe('a reader for whom a listing is more than may be buffered', () => {
  it('gets it once, whole, as long as it reads', async () => {
    const rig = await Rig.start({ limits: { bufferedBytesMax: 1_000 } })
    await rig.engine.submit(orders, ann)
    const peer = rig.connect()
    await peer.hello()
    peer.isSlow = true
    await peer.say({ type: 'subscribe', model: 'order' })
    const types = await readAll(peer)
    expect(types.filter((type) => type === 'snapshot')).toHaveLength(10)
    expect(types.at(-1)).toBe('synced')
    expect(types).not.toContain('welcome')
  })
})

describe('a reader that catches up', () => {
  async function lagging(gates: { outcomes: Gate; append: Gate }): Promise<{ rig: Rig; peer: Peer }> {
    const rig: Rig = await Rig.start({
      limits: { bufferedBytesMax: 500 },
      store: {
        outcomes: async (...args) => {
          await gates.outcomes.pass()
          return rig.store.outcomes(...args)
        },
        append: async (batch) => {
          await gates.append.pass()
          return rig.store.append(batch)
        },
      },
    })
    const peer = rig.connect()
    await peer.hello([{ lane, settled: 0 }])
    await peer.say({ type: 'subscribe', model: 'board' })
    peer.bufferedBytes = 100_000
    await rig.engine.submit([noted('left out')], bob)
    await settle()
    return { rig, peer }
  }

  it('hears how far its lane is before any record that has its actions', async () => {
    const gates = { outcomes: new Gate(), append: new Gate() }
    const { peer } = await lagging(gates)
    gates.append.close()
    await peer.say({ type: 'push', lane, n: 1, actions: [stamped(noted('own'), 'own')] })
    gates.outcomes.close()
    await peer.drain()
    await gates.append.open()
    await gates.outcomes.open()
    expect(peer.received[0]).toMatchObject({ type: 'welcome' })
    const [told] = peer.received.filter(({ type }) => type === 'snapshot')
    expect(told).toMatchObject({ version: 2, state: { notes: ['left out', 'own'] }, marks: { [lane]: 1 } })
  })

  it('goes on being told when it has read everything while it was catching up', async () => {
    const gates = { outcomes: new Gate(), append: new Gate() }
    const { rig, peer } = await lagging(gates)
    gates.outcomes.close()
    await peer.drain()
    await peer.drain()
    await gates.outcomes.open()
    await peer.drain()
    await rig.engine.submit([noted('news')], bob)
    await settle()
    expect(peer.received).toMatchObject([{ type: 'events', events: [{ version: 2 }] }])
  })

  it('is kept informed of what could not be read for it while it lagged', async () => {
    const gate = new Gate()
    let fails = false
    const rig: Rig = await Rig.start({
      limits: { bufferedBytesMax: 500, cachedRecordBytesMax: 1 },
      store: {
        read: async (request) => {
          await gate.pass()
          if (fails) throw new FoldbackError('store-failed')
          return rig.store.read(request)
        },
      },
    })
    await rig.engine.submit([noted('before')], ann)
    // Takes the board's place in memory.
    await rig.engine.submit([created({ id: '1', owner: 'ann' })], ann)
    const peer = rig.connect()
    await peer.hello()
    gate.close()
    await peer.say({ type: 'subscribe', model: 'board' })
    peer.bufferedBytes = 100_000
    fails = true
    await gate.open()
    fails = false
    expect(peer.received).toEqual([])
    await peer.drain()
    expect(peer.received).toMatchObject([
      { type: 'welcome' },
      { type: 'snapshot', state: { notes: ['before'] } },
    ])
    peer.received.length = 0
    await rig.engine.submit([noted('after')], bob)
    await settle()
    expect(peer.received).toMatchObject([{ type: 'events', events: [{ version: 2 }] }])
  })
})
