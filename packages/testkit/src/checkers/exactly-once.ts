import type { History } from '../workload/history.ts'
import { upcastMark } from '../workload/history-models.ts'
import type { Dispatched } from '../workload/ledger.ts'
import type { Checker } from './checker.ts'
import { hold } from './promises.ts'

/** Promise 2: an action is in each of its streams once; what was refused or given up in time is in none. */
export const exactlyOnce: Checker = {
  promise: 2,
  ended: (history) => {
    checkStreams(history)
    if (!history.isRestored) checkOutcomes(history)
  },
}

function checkStreams({ world }: History): void {
  for (const { model, id, events } of world.memory.streams.values()) {
    const ids = events.map((event) => event.id)
    hold(2, new Set(ids).size === ids.length, () => `${model}/${id} has an action twice: ${ids.join(' ')}`)
    for (const { action } of events)
      hold(2, action.split(upcastMark).length <= 2, () => `upcast more than once: ${action}`)
  }
}

function checkOutcomes({ world, ledger }: History): void {
  const logged = new Set(world.memory.log.map(({ id }) => id))
  for (const [id, told] of ledger.outcomes) {
    hold(2, told.size === 1, () => `${id} was told to be accepted and to be refused`)
    hold(2, told.has(true) || !logged.has(id), () => `${id} was told to be refused, and is in the log`)
  }
  for (const dispatched of ledger.dispatched.values())
    hold(
      2,
      !isGoneInTime(dispatched) || !logged.has(dispatched.id),
      () => `${dispatched.id} is in the log, though it was given up or merged before it was sent`,
    )
}

/** Given up at once, unless the page fell asleep or died before its row was removed. */
function isGoneInTime({ discarded, heir, isRevived }: Dispatched): boolean {
  return !isRevived && (discarded === 'open' || heir !== undefined)
}
