import { beforeEach, describe, expect, it } from 'vitest'
import { History } from '../workload/history.ts'
import { boardSlice } from '../workload/history-models.ts'
import { OfflineIsDurable } from './offline-is-durable.ts'
import { BrokenPromise } from './promises.ts'

let history: History
let checker: OfflineIsDurable

beforeEach(async () => {
  history = new History({ seed: 1, faults: new Set() })
  await history.start()
  checker = new OfflineIsDurable(history)
})

describe('an action that was on a device, and is neither in the log nor refused as far as any page was told', () => {
  /** It is on the device of the first page, whose server never hears of it. */
  async function written(): Promise<string> {
    const { ledger, pages, world } = history
    const page = pages[0]!
    page.disconnect()
    ledger.dispatch(page, () => page.dispatch(boardSlice.actions.noted({ note: 'a' })))
    const [id] = page.pendingIds
    await world.runUntil(() => ledger.durable.has(id!))
    return id!
  }

  it('is lost', async () => {
    await written()
    await expect(checker.ended()).rejects.toThrow(BrokenPromise)
  })

  it('is not when its user has dealt with its refusal before that was written', async () => {
    history.ledger.dismissed.add(await written())
    await checker.ended()
  })
})
