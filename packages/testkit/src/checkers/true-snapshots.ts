import { foldEvent, initialState, type RecordState, type StampedAction } from '@foldback/core'
import type { History } from '../workload/history.ts'
import type { Checker } from './checker.ts'
import { holdEqual } from './promises.ts'

/** Promise 7: each record is what the plain reducer of its model makes of its events. */
export const trueSnapshots: Checker = { promise: 7, ended: checkRecords }

async function checkRecords(history: History): Promise<void> {
  const { memory, serverModels } = history.world
  for (const { model: name, id, events } of memory.streams.values()) {
    const model = serverModels.find((each) => each.name === name)!
    const actions = events.map(({ action }) => JSON.parse(action) as StampedAction)
    const state = actions.reduce<RecordState>(
      (before, action) => foldEvent(model, before, action, () => {}),
      initialState(model),
    )
    holdEqual(7, `the record ${name}/${id}`, await history.recordFor(id, name, id), state)
  }
}
