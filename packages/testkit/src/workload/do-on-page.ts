import type { UnknownAction } from '@reduxjs/toolkit'
import type { History } from './history.ts'
import type { HistoryDevice } from './history-device.ts'
import { boardSlice, orderIds, orderSlice, poison, settingsSlice, unstorable } from './history-models.ts'
import type { HistoryPage } from './history-page.ts'
import type { DispatchStep, PageStep } from './steps.ts'

/** Lets a page or its user do something. */
export function doOnPage(history: History, step: PageStep, page: HistoryPage, device: HistoryDevice): void {
  const { chronicle } = history
  switch (step.do) {
    case 'dispatch':
      for (let time = 0; time < (step.times ?? 1); time++) dispatch(history, step, page)
      return
    case 'offline':
      chronicle.happened('client: disconnects')
      return page.disconnect()
    case 'online':
      chronicle.happened('client: connects')
      return page.connect()
    case 'subscribe':
      return page.subscribe(step.order)
    case 'unsubscribe':
      chronicle.happened('client: unsubscribes')
      return page.unsubscribe(step.order)
    case 'log in':
      return logIn(history, page, step.user)
    case 'sign out':
      if (page.sync.status.pending > 0) chronicle.happened('client: signed out with actions pending')
      return page.signOut()
    case 'reload':
      if (page.sync.status.pending > 0) chronicle.happened('device: reload with actions pending')
      return void device.reload(page)
    case 'close tab':
      chronicle.happened('device: tab closed')
      return device.close(page)
    case 'freeze':
      chronicle.happened('device: page frozen')
      return page.freeze()
    case 'wake':
      return wake(history, device)
    case 'discard':
    case 'edit':
      return giveUp(history, step.do, step.which, page)
    case 'retry':
    case 'dismiss':
      return deal(history, step.do, step.which, page)
  }
}

function dispatch(history: History, step: DispatchStep, page: HistoryPage): void {
  const { ledger, chronicle } = history
  ledger.dispatch(page, () => tryTo(() => page.dispatch(actionOf(history, step))))
  const newest = page.sync.pending().at(-1)
  if ((newest?.meta.foldback as { merged?: number } | undefined)?.merged !== undefined)
    chronicle.happened('client: merged')
}

function actionOf(
  history: History,
  { order, kind, hiddenFrom = '', length = 0 }: DispatchStep,
): UnknownAction {
  const id = orderIds[order]!
  const text = history.newText(kind).padEnd(length, 'x')
  const { created, deleted, hidden, lineAdded, titled } = orderSlice.actions
  switch (kind) {
    case 'created':
      return created({ id, hiddenFrom })
    case 'deleted':
      return deleted({ id })
    case 'hidden':
      return hidden({ id, hiddenFrom })
    case 'hidden enriched':
      return hidden({ id, hiddenFrom, line: 'enriched' })
    case 'titled':
      return titled({ id, title: text })
    case 'noted':
      return boardSlice.actions.noted({ note: text })
    case 'gambled':
      return boardSlice.actions.gambled({ note: text })
    case 'themed':
    case 'large':
      return settingsSlice.actions.themed({ theme: text })
    case 'poison':
      return settingsSlice.actions.themed({ theme: poison })
    case 'unstorable':
      return boardSlice.actions.noted({ note: `${unstorable} ${text}` })
    case 'line':
    case 'refused':
    case 'enriched':
      return lineAdded({ id, line: text })
  }
}

function tryTo(run: () => unknown): void {
  try {
    run()
  } catch (thrown) {
    // Its reducer found no order, or would not have this, so nothing has been dispatched.
    if (!(thrown instanceof TypeError)) throw thrown
  }
}

/** Discards or edits an action that is pending. */
function giveUp(history: History, how: 'discard' | 'edit', which: number, page: HistoryPage): void {
  const { ledger, chronicle } = history
  const { sync } = page
  const pending = sync.pending()
  const action = pending[which % pending.length]
  if (action === undefined) return
  chronicle.happened(`client: ${how}`)
  const instead = boardSlice.actions.noted({ note: history.newText('edited') })
  const { id } = action.meta.foldback
  ledger.dispatch(page, () =>
    ledger.discard(page, id, () => (how === 'discard' ? sync.discard(action) : sync.edit(action, instead))),
  )
  if (page.pendingIds.includes(id)) chronicle.happened('client: cancelled what may be sent')
}

/** Retries or forgets an action that was refused. */
function deal(
  { ledger, chronicle }: History,
  how: 'retry' | 'dismiss',
  which: number,
  page: HistoryPage,
): void {
  const { rejected } = page.sync
  const rejection = rejected[which % rejected.length]
  if (rejection === undefined) return
  chronicle.happened(`client: ${how}`)
  const { id } = rejection.action.meta.foldback
  ledger.dispatch(page, () =>
    tryTo(() => {
      if (how === 'retry') page.sync.retry(rejection)
      else page.sync.discard(rejection)
      ledger.dismissed.add(id)
    }),
  )
}

function logIn({ chronicle }: History, page: HistoryPage, user: string): void {
  if (page.user === user) return
  chronicle.happened(`client: another user${page.sync.status.pending > 0 ? ' with actions pending' : ''}`)
  page.logIn(user)
}

function wake({ chronicle }: History, device: HistoryDevice): void {
  const frozen = device.pages.find(({ life }) => life.isFrozen)
  if (frozen === undefined) return
  chronicle.note(`page ${frozen.number} wakes`)
  chronicle.happened('device: page woken')
  frozen.life.wake()
}
