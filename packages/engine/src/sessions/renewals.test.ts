import { expect, it } from 'vitest'
import { Rig } from '../test-parts/rig.ts'

it('a frame full of tokens has a few of them looked at at one time', async () => {
  const rig = await Rig.start({})
  let underWay = 0
  let most = 0
  let isHello = true
  const peer = rig.connect(async () => {
    if (isHello) {
      isHello = false
      return { actor: 'ann', claims: {} }
    }
    most = Math.max(most, ++underWay)
    return new Promise(() => {})
  })
  await peer.hello([{ lane: 'lane-of-a-test-0001', settled: 0 }])
  await peer.say(...Array.from({ length: 10_000 }, () => ({ type: 'token', token: 'x' })))
  expect(most).toBe(4)
})
