import { describe, expect, it } from 'vitest'
import { ann, bob, created, Gate, lineAdded, ownersOnly, Rig, settle } from '../test-parts/rig.ts'

const lane = 'lane-of-a-test-0001'
const otherLane = 'lane-of-a-test-0002'
const stamped = (action: object, id: string): object => ({
  ...action,
  meta: { foldback: { id, at: 0, actor: 'ann' } },
})

describe('an append that was written, and whose answer was lost', () => {
  async function withUnknown(
    options: ConstructorParameters<typeof Rig>[0] = {},
  ): Promise<{ rig: Rig; isUnknown: { next: boolean } }> {
    const isUnknown = { next: false }
    const rig: Rig = await Rig.start({
      ...options,
      store: {
        ...options.store,
        append: async (batch) => {
          const outcomes = await rig.store.append(batch)
          if (!isUnknown.next) return outcomes
          isUnknown.next = false
          return batch.units.map(() => ({ status: 'unknown' as const }))
        },
      },
    })
    return { rig, isUnknown }
  }

  it('is told to those who have subscribed, and settled for its sender', async () => {
    const { rig, isUnknown } = await withUnknown()
    const [sender, one, all] = [rig.connect(ann), rig.connect(bob), rig.connect(bob)]
    await sender.hello([{ lane, settled: 0 }])
    await one.hello()
    await all.hello()
    await one.say({ type: 'subscribe', model: 'order', id: '1' })
    await all.say({ type: 'subscribe', model: 'order' })
    one.received.length = 0
    all.received.length = 0
    isUnknown.next = true
    const said = await sender.say({
      type: 'push',
      lane,
      n: 1,
      actions: [stamped(created({ id: '1', owner: 'ann' }), 'own')],
    })
    await settle()
    expect(said).toMatchObject([{ type: 'settled', from: 1, to: 1 }])
    for (const reader of [one, all])
      expect(reader.received).toContainEqual(
        expect.objectContaining({ type: 'snapshot', id: '1', version: 1 }),
      )
    await rig.engine.submit([lineAdded({ id: '1', line: 'a' })], ann)
    await settle()
    for (const reader of [one, all])
      expect(reader.received.at(-1)).toMatchObject({ type: 'events', id: '1', events: [{ version: 2 }] })
  })

  it('takes from its sender what that may not read, and tells nobody else of it', async () => {
    const { rig, isUnknown } = await withUnknown({ rules: ownersOnly })
    const [sender, other] = [rig.connect(ann), rig.connect(ann)]
    await sender.hello([{ lane, settled: 0 }])
    await other.hello()
    for (const peer of [sender, other]) await peer.say({ type: 'subscribe', model: 'order' })
    other.received.length = 0
    isUnknown.next = true
    const own = stamped(created({ id: '1', owner: 'bob' }), 'own')
    const said = await sender.say({ type: 'push', lane, n: 1, actions: [own] })
    expect(said).toContainEqual({ type: 'gone', model: 'order', id: '1' })
    expect(other.received).toEqual([])
  })

  it('is told before what came after it, also while the record is still being read', async () => {
    let read = (): void => {}
    let waits: Promise<void> | undefined
    const { rig, isUnknown } = await withUnknown({
      store: {
        read: async (request) => {
          const answer = await rig.store.read(request)
          // Somebody else reads the record already.
          if (request.streams.length + request.lanes.length === 0) await waits
          return answer
        },
      },
    })
    const [sender, first, second] = [rig.connect(ann), rig.connect(bob), rig.connect(bob)]
    await sender.hello([{ lane, settled: 0 }])
    await first.hello()
    await second.hello()
    await rig.engine.submit([created({ id: '1', owner: 'ann' })], ann)
    for (const reader of [first, second]) await reader.say({ type: 'subscribe', model: 'order' })
    second.received.length = 0
    isUnknown.next = true
    waits = new Promise((resolve) => (read = resolve))
    for (const [index, line] of ['a', 'b'].entries()) {
      const action = stamped(lineAdded({ id: '1', line }), line)
      await sender.say({ type: 'push', lane, n: index + 1, actions: [action] })
    }
    read()
    await settle()
    expect(second.received).toMatchObject([{ type: 'snapshot', id: '1', version: 3 }])
  })

  it.each(['before', 'meanwhile'] as const)(
    'goes with the marks of the same moment to who has subscribed to all records, and %s to this one',
    async (when) => {
      const [turn, session] = [new Gate(), new Gate()]
      const { rig, isUnknown } = await withUnknown({
        limits: { cachedRecordBytesMax: 1 },
        store: {
          read: async (request) => {
            const answer = await rig.store.read(request)
            if (request.lanes.length > 0) await (request.lanes.length === 2 ? turn : session).pass()
            return answer
          },
        },
      })
      const [sender, other] = [rig.connect(ann), rig.connect(bob)]
      await sender.hello([{ lane, settled: 0 }])
      await other.hello([{ lane: otherLane, settled: 0 }])
      await rig.engine.submit([created({ id: '1', owner: 'ann' })], ann)
      await sender.say({ type: 'subscribe', model: 'order' })
      const push = (to: string, n: number): string => {
        const action = stamped(lineAdded({ id: '1', line: 'a' }), `${to} ${n}`)
        return JSON.stringify([{ type: 'push', lane: to, n, actions: [action] }])
      }
      const toRecord = { type: 'subscribe', model: 'order', id: '1' }
      if (when === 'before') await sender.say(toRecord)
      isUnknown.next = true
      turn.close()
      session.close()
      other.sayText(push(otherLane, 1))
      sender.sayText(push(lane, 1))
      await settle()
      // Its session has read the record again, and asks now how far its lane is.
      if (when === 'meanwhile') await sender.say(toRecord)
      sender.received.length = 0
      await turn.open()
      await rig.engine.submit([created({ id: '2', owner: 'ann' })], ann)
      sender.sayText(push(lane, 2))
      await settle()
      await session.open()
      const told = sender.received.filter(({ type, id }) => type === 'snapshot' && id === '1')
      expect(told.length).toBeGreaterThan(0)
      // Created, and acted on by the other.
      for (const { version, marks } of told) expect(marks).toEqual({ [lane]: version - 2 })
    },
  )

  it('shows its sender the record too', async () => {
    const { rig, isUnknown } = await withUnknown()
    const sender = rig.connect(ann)
    await sender.hello([{ lane, settled: 0 }])
    await sender.say({ type: 'subscribe', model: 'order', id: '1' })
    isUnknown.next = true
    const said = await sender.say({
      type: 'push',
      lane,
      n: 1,
      actions: [stamped(created({ id: '1', owner: 'ann' }), 'own')],
    })
    expect(said).toContainEqual(
      expect.objectContaining({ type: 'snapshot', version: 1, marks: { [lane]: 1 } }),
    )
  })
})

describe('a key whose outcome is forgotten', () => {
  it('does not call accepted what it refused', async () => {
    const rig = await Rig.start({ limits: { idempotencyMs: 1_000 } })
    const send = () => rig.engine.submit([lineAdded({ id: 'none', line: 'a' })], ann, 'key')
    const refused = [{ status: 'refused', refusal: { code: 'no-such-record' } }]
    expect(await send()).toMatchObject(refused)
    await rig.pass(2 * 60 * 60 * 1_000)
    expect(await send()).toMatchObject(refused)
    await rig.engine.submit([created({ id: 'none', owner: 'ann' })], ann)
    await rig.pass(2 * 60 * 60 * 1_000)
    expect(await send()).toMatchObject([{ status: 'accepted', isDuplicate: false }])
  })
})
