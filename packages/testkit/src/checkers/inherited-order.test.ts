import type { StampedAction } from '@foldback/core'
import { beforeEach, expect, it } from 'vitest'
import { History } from '../workload/history.ts'
import type { HistoryDevice } from '../workload/history-device.ts'
import { InheritedOrder } from './inherited-order.ts'
import { BrokenPromise } from './promises.ts'

let history: History
let device: HistoryDevice
let checker: InheritedOrder

beforeEach(async () => {
  history = new History({ seed: 1, faults: new Set() })
  checker = new InheritedOrder(history)
  history.watchers.push(checker)
  await history.start()
  await history.world.run(1_000)
  device = history.devices[1]!
})

/** Its newest page, which is bob's at first. */
const page = () => device.page()!
const noted = () => history.do({ do: 'dispatch', client: 1, tab: 0, order: 0, kind: 'noted' })
const notes = (): string[] =>
  history.world.memory.log.map(
    ({ action }) => (JSON.parse(action) as { payload: { note: string } }).payload.note,
  )

it('what another user has left waits for them, behind what is done on the page meanwhile', async () => {
  device.device.setOnline(false)
  await noted()
  page().logIn('ann')
  await history.world.run(1_000)
  device.reload(page())
  device.device.setOnline(true)
  await history.world.run(2_000)
  await noted()
  await history.world.run(1_000)
  expect(notes()).toEqual(['noted 1 '])
  device.reload(page())
  page().logIn('bob')
  await history.world.run(4_000)
  expect(notes()).toEqual(['noted 1 ', 'noted 0 '])
  checker.ended()
})

it('notices when what a user has left comes behind what they do on the next page', async () => {
  device.close(page())
  const gone = device.device.openPage()
  const action: StampedAction = {
    type: 'board/noted',
    payload: { note: 'left' },
    meta: { foldback: { id: 'left', at: 0, actor: 'bob' } },
  }
  await history.world.waitFor(
    gone.storage.transact('strict', async (rows) => {
      rows.put('lane/a-lane-of-a-page-that-is-gone', { actor: 'bob', page: 'gone' })
      rows.put('action/a-lane-of-a-page-that-is-gone/1', { action: action as never })
    }),
  )
  // The next page does not find it at once, as if it did not look.
  device.device.takeLock(gone, 'gone')
  device.open()
  await history.world.run(1_000)
  await noted()
  await history.world.run(1_000)
  device.device.releaseLock(gone, 'gone')
  await history.world.run(4_000)
  expect(notes()).toEqual(['noted 0 ', 'left'])
  expect(() => checker.ended()).toThrow(BrokenPromise)
})
