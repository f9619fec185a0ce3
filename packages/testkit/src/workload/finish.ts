import { BrokenPromise } from '../checkers/promises.ts'
import type { History } from './history.ts'
import { upcastMark } from './history-models.ts'
import type { HistoryPage } from './history-page.ts'
import { hasQuietTime } from './quiet-time.ts'

/** More than the longest time between two tries to connect. */
const longMs = 70_000
/** Long enough for all that is under way when nothing fails. */
const quietMs = 2_000
/** How often somebody signs in at the end of a history to whom something is left. */
const roundsMax = 10
/** How often those who are not done are connected again. */
const attemptsMax = 4

/** Everything works again, and everybody gets to the end of it. @throws BrokenPromise when they do not */
export async function finish(history: History): Promise<void> {
  await history.deploy()
  history.endFaults()
  await settle(history)
  // Those who have left something behind come back.
  for (let round = 0; round < roundsMax; round++) {
    const left = leftBehind(history, history.users[round % history.users.length]!)
    if (left.size === 0) break
    for (const [page, user] of left) page.logIn(user)
    await settle(history)
  }
  if (history.world.memory.log.some(({ action }) => action.includes(upcastMark)))
    history.chronicle.happened('server: upcast')
  history.throwWhatWasSeen()
}

async function settle(history: History): Promise<void> {
  const isDone = (): boolean => history.openPages.every((page) => page.isDone)
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    for (const page of history.openPages) {
      // It was told that its actions are another user's.
      if (page.sync.status.phase === 'failed') page.user = page.sync.status.actor ?? page.user
      page.connect()
    }
    const isQuiet = await hasQuietTime({ world: history.world, isDone, quietMs, longMs })
    for (const page of history.openPages) history.ledger.watch(page)
    if (isQuiet) return
  }
  const late = history.openPages
    .filter((page) => !page.isDone)
    .map(({ number, sync }) => [number, sync.status])
  throw new BrokenPromise(5, `Pages do not get to the end: ${JSON.stringify(late)}`)
}

/**
 * Who is to sign in where: those whose actions are kept, and those who have not heard what became of theirs; for
 * what was dispatched before somebody had signed in, `anybody`.
 */
function leftBehind({ devices, ledger }: History, anybody: string): ReadonlyMap<HistoryPage, string> {
  const left = new Map<HistoryPage, string>()
  for (const device of devices) {
    const [row] = device.rows
    if (row === undefined) continue
    // A page that could not open the storage does not see what is in it.
    const page = device.pages.find(({ sync }) => sync.status.storage !== 'page') ?? device.open()
    left.set(page, row.actor || anybody)
  }
  for (const { page, actor, told } of ledger.dispatched.values()) {
    if (told === undefined && page.isAwake && !left.has(page)) left.set(page, actor || anybody)
  }
  return left
}
