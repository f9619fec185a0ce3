import { expect, it } from 'vitest'
import { Rig } from '../test-parts/rig.ts'

const silentMsMax = 1_000

it('a session that says nothing for too long is closed, with the reason', async () => {
  const rig = await Rig.start({ limits: { silentMsMax } })
  const peer = rig.connect()
  expect(await peer.hello()).toMatchObject([{ type: 'welcome', silentMsMax }])
  await rig.pass(silentMsMax - 1)
  expect(peer.closedWith).toBeUndefined()
  await rig.pass(1)
  expect(peer.received.at(-1)).toMatchObject({ type: 'problem', code: 'silent' })
  expect(peer.closedWith).toBe(1013)
})

it('so is one that never says hello', async () => {
  const rig = await Rig.start({ limits: { silentMsMax } })
  const peer = rig.connect()
  await rig.pass(silentMsMax)
  expect(peer.closedWith).toBe(1013)
})

it('a ping is answered, and keeps the session, however often', async () => {
  const rig = await Rig.start({ limits: { silentMsMax } })
  const peer = rig.connect()
  await peer.hello()
  for (let count = 0; count < 5; count++) {
    await rig.pass(silentMsMax - 1)
    expect(await peer.say({ type: 'ping' })).toEqual([{ type: 'pong' }])
  }
  expect(peer.closedWith).toBeUndefined()
})

it('a slow reader, whose pings the door does not read, is kept as long as it takes what waits', async () => {
  const rig = await Rig.start({ limits: { silentMsMax } })
  const peer = rig.connect()
  await peer.hello()
  peer.bufferedBytes = 5_000
  for (let rounds = 0; rounds < 4; rounds++) {
    await rig.pass(silentMsMax)
    peer.bufferedBytes -= 1_000
  }
  expect(peer.closedWith).toBeUndefined()
  await rig.pass(silentMsMax)
  expect(peer.closedWith).toBeUndefined()
  await rig.pass(silentMsMax)
  expect(peer.closedWith).toBe(1013)
})

it('and has the time of one that was heard when it has taken everything', async () => {
  const rig = await Rig.start({ limits: { silentMsMax } })
  const peer = rig.connect()
  await peer.hello()
  await rig.pass(silentMsMax - 1)
  await peer.drain()
  await rig.pass(silentMsMax - 1)
  expect(peer.closedWith).toBeUndefined()
})

it('an ended session leaves no timer', async () => {
  const rig = await Rig.start({ limits: { silentMsMax } })
  const before = rig.clock.nextAt
  const peer = rig.connect(async () => ({ actor: 'ann', claims: {}, expiresAt: rig.clock.now() + 500 }))
  await peer.hello()
  expect(rig.clock.nextAt).not.toBe(before)
  peer.hangUp()
  expect(rig.clock.nextAt).toBe(before)
})
