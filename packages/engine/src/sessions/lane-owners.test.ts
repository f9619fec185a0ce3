import { describe, expect, it } from 'vitest'
import { ann, bob, noted, type Peer, Rig, settle } from '../test-parts/rig.ts'

const lane = 'lane-of-a-test-0001'
const claim = [{ lane, settled: 0 }]
const push = (n: number, note: string) => ({
  type: 'push',
  lane,
  n,
  actions: [{ ...noted(note), meta: { foldback: { id: note, at: 0, actor: 'ann' } } }],
})

async function holder(rig: Rig): Promise<Peer> {
  const peer = rig.connect(ann)
  await peer.hello(claim)
  return peer
}

describe('a lane', () => {
  it('is not to be had while a session of another user holds it, though nothing was sent in it yet', async () => {
    const rig = await Rig.start()
    const owner = await holder(rig)
    const thief = rig.connect(bob)
    expect(await thief.hello(claim)).toMatchObject([{ type: 'problem', code: 'lane-taken' }])
    expect(thief.closedWith).toBe(4403)
    expect(await owner.say(push(1, 'a'))).toMatchObject([{ type: 'settled', from: 1, to: 1 }])
  })

  it('is free again when nobody holds it and nothing was sent in it', async () => {
    const rig = await Rig.start()
    const owner = await holder(rig)
    owner.hangUp()
    const next = rig.connect(bob)
    expect(await next.hello(claim)).toMatchObject([{ type: 'welcome', lanes: [{ lane, mark: 0 }] }])
  })

  it('tells nothing to somebody who claims it while its first action is on its way', async () => {
    const rig = await Rig.start()
    const owner = await holder(rig)
    // In one breath, before anything is folded.
    void owner.say(push(1, 'a'))
    owner.hangUp()
    const thief = rig.connect(bob)
    const told = await thief.hello(claim)
    expect(told).toMatchObject([
      { type: 'welcome', lanes: [{ lane, mark: 0 }] },
      { type: 'problem', code: 'lane-taken' },
    ])
    expect(thief.closedWith).toBe(4403)
    expect(await rig.log('board', 'shared')).toEqual(['1 board/noted'])
  })

  it('keeps its owner when somebody else wants to send in it', async () => {
    const rig = await Rig.start()
    const owner = await holder(rig)
    await owner.say(push(1, 'a'))
    const thief = rig.connect(bob)
    await thief.hello()
    expect(await thief.say(push(2, 'b'))).toMatchObject([{ type: 'problem', code: 'out-of-turn' }])
    expect(await owner.say(push(2, 'c'))).toMatchObject([{ type: 'settled', from: 2, to: 2 }])
    expect(await rig.log('board', 'shared')).toHaveLength(2)
  })

  it('does not change hands with the token of its connection', async () => {
    const rig = await Rig.start()
    const peer = rig.connect(async (token) => (token === 'bob' ? bob : ann))
    await peer.hello(claim)
    // In one frame: the action is folded after the other user has been refused.
    expect(await peer.say({ type: 'token', token: 'bob' }, push(1, 'a'))).toMatchObject([
      { type: 'problem', code: 'other-user' },
    ])
    expect(peer.closedWith).toBe(4401)
    const [event] = await rig.store.events({ model: 'board', id: 'shared' }, 1, 9)
    expect(event?.actor).toBe('ann')
    expect(await rig.connect(bob).hello(claim)).toMatchObject([{ code: 'lane-taken' }])
  })
})

describe('a key of its own', () => {
  it("tells nobody but its user what became of the action, and uses up nobody else's", async () => {
    const rig = await Rig.start({
      rules: { board: { guard: (_record, _action, { actor }) => actor === 'bob' || 'Only Bob may.' } },
    })
    const submit = async (session: typeof ann, key?: string) => {
      const action = { ...noted('a'), meta: { foldback: { id: 'same' } } }
      const [settlement] = await rig.engine.submit([action], session, key)
      return settlement
    }
    for (const key of ['k', undefined]) {
      expect(await submit(ann, key)).toMatchObject({ status: 'refused', isDuplicate: false })
      expect(await submit(bob, key)).toMatchObject({ status: 'accepted', isDuplicate: false })
      expect(await submit(ann, key)).toMatchObject({ status: 'refused', isDuplicate: true })
    }
    await settle()
    expect(await rig.log('board', 'shared')).toHaveLength(2)
  })
})
