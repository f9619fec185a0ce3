import type { Rejection } from '@foldback/client'
import { isAnyOf } from '@reduxjs/toolkit'
import { boardSlice, type BoardAction } from './model/board.ts'
import { isSalesOrderAction, salesOrderSlice, type SalesOrderAction } from './model/sales-order.ts'
import { stockSlice, type StockAction } from './model/stock.ts'
import { formatNumber } from './money.ts'

/** Where an action was made, and so where its refusal is shown: on the order page, or on another. */
export type Place = 'order' | 'customer' | 'lines' | `line ${string}` | 'board' | 'stock' | 'elsewhere'

/** An action as it was dispatched, whatever it says. */
export interface DoneAction {
  type: string
  payload?: unknown
  meta: {
    foldback: { id: string; at: number }
    /** How often it was tried before. */
    tried?: number
  }
}

export interface Refusal {
  /** The id of the action. */
  id: string
  action: DoneAction
  /** Undefined: it was accepted once, and the server has lost it. */
  rejection: Rejection | undefined
  /** Of what is not about an order, undefined. */
  orderId: string | undefined
  place: Place
  /** What did not happen, in the user's words. */
  title: string
  /** Why, and what to do next: the server's sentence. */
  message: string
  /** Milliseconds since 1970; undefined when that is not known. */
  at: number | undefined
  /** How often it was tried again. */
  tried: number
  /** False where the same can never be accepted. */
  canRetry: boolean
}

export type SharedAction = SalesOrderAction | BoardAction | StockAction
const isBoardAction = isAnyOf(...Object.values(boardSlice.actions))
const isStockAction = isAnyOf(...Object.values(stockSlice.actions))
const isAnyShared = isAnyOf(isSalesOrderAction, isBoardAction, isStockAction)
export const isSharedAction = (action: { type: string }): action is SharedAction => isAnyShared(action)

/** What is refused with these stays so: an order or a line does not become again what it was before. */
const lastingCodes: readonly string[] = [
  'already-cancelled',
  'already-shipped',
  'already-submitted',
  'goods-not-ordered',
  'invalid-payload',
  'line-exists',
  'no-such-line',
  'no-such-record',
  'no-such-task',
  'order-cancelled',
  'order-exists',
  'order-not-draft',
  'order-shipped',
]

export const refusalOf = (rejection: Rejection): Refusal => ({
  ...toldOf(rejection.action),
  rejection,
  message: rejection.message,
  at: rejection.at,
  canRetry: !lastingCodes.includes(rejection.code),
})

/** The server was put back to an earlier state. */
export const lossOf = (action: DoneAction): Refusal => ({
  ...toldOf(action),
  rejection: undefined,
  message: 'It was saved, but the server was put back to an earlier state and has lost it.',
  at: undefined,
  canRetry: true,
})

/** The same once more, which says so: what is refused again must not look as if nothing had been done. */
export function triedAgain({ meta, ...action }: DoneAction): { type: string } {
  const { foldback: _foldback, ...others } = meta
  return { ...action, meta: { ...others, tried: (meta.tried ?? 0) + 1 } } as { type: string }
}

function toldOf(
  action: DoneAction,
): Pick<Refusal, 'id' | 'action' | 'tried' | 'orderId' | 'place' | 'title'> {
  const { foldback, tried = 0 } = action.meta
  const done = { id: foldback.id, action, tried }
  if (isSharedAction(action))
    return { ...done, orderId: orderIdOf(action), place: placeOf(action), title: titleOf(action) }
  return { ...done, orderId: undefined, place: 'elsewhere', title: 'Your settings were not changed.' }
}

const orderIdOf = (action: SharedAction): string | undefined =>
  isSalesOrderAction(action) ? action.payload.id : undefined

/** What the action is about, as ids. */
export function thingsOf(action: SharedAction): string[] {
  const { payload } = action
  if (typeof payload === 'string') return [payload]
  if ('lineId' in payload) return [payload.id, payload.lineId]
  return ['id' in payload ? payload.id : payload.sku]
}

const adds = isAnyOf(
  salesOrderSlice.actions.created,
  salesOrderSlice.actions.lineAdded,
  boardSlice.actions.taskAdded,
  stockSlice.actions.received,
)

/** The same for actions of which one is the other, tried again: the quantity was to be 5, then 6. */
function keyOf(action: SharedAction): string {
  if (!adds(action)) return [action.type, ...thingsOf(action)].join(' ')
  // What is added again has another id, and says the same.
  const { id: _id, lineId: _lineId, ...said } = { id: '', lineId: '', ...action.payload }
  return [action.type, orderIdOf(action), ...Object.values(said)].join(' ')
}

/**
 * Refusals that are of no use any more: what was tried again, all but the last of the same change, and a refused submit
 * (or the like) of an order that was worked on since.
 */
export function outdatedRefusals(
  rejected: readonly Rejection[],
  pending: readonly DoneAction[],
): Rejection[] {
  const last = new Map<string, Rejection>()
  for (const rejection of rejected) {
    const { action } = rejection
    if (!isSharedAction(action)) continue
    const other = last.get(keyOf(action))
    if (!other || doneAt(other.action) <= doneAt(action)) last.set(keyOf(action), rejection)
  }
  const triedAt = new Map<string, number>()
  for (const action of pending) {
    if (!isSharedAction(action)) continue
    const at = doneAt(action)
    triedAt.set(keyOf(action), at)
    triedAt.set(`order ${orderIdOf(action)}`, at)
  }
  return rejected.filter((rejection) => {
    const { action, at } = rejection
    if (!isSharedAction(action)) return false
    const key = keyOf(action)
    const isStep = placeOf(action) === 'order' && !adds(action)
    const tried = Math.max(
      triedAt.get(key) ?? 0,
      isStep ? (triedAt.get(`order ${orderIdOf(action)}`) ?? 0) : 0,
    )
    return tried > at || (!adds(action) && last.get(key) !== rejection)
  })
}

const doneAt = ({ meta }: Pick<DoneAction, 'meta'>) => meta.foldback.at

function placeOf(action: SharedAction): Place {
  if (isBoardAction(action)) return 'board'
  if (isStockAction(action)) return 'stock'
  switch (action.type) {
    case 'salesOrder/customerChanged':
      return 'customer'
    case 'salesOrder/lineAdded':
      return 'lines'
    case 'salesOrder/lineQuantityChanged':
    case 'salesOrder/lineRemoved':
      return `line ${action.payload.lineId}`
    case 'salesOrder/created':
    case 'salesOrder/submitted':
    case 'salesOrder/shipped':
    case 'salesOrder/cancelled':
    case 'salesOrder/deleted':
      return 'order'
  }
}

function titleOf(action: SharedAction): string {
  switch (action.type) {
    case 'salesOrder/created':
      return `The order for ${action.payload.customer} was not created.`
    case 'salesOrder/customerChanged':
      return `The customer was not changed to ${action.payload.customer}.`
    case 'salesOrder/lineAdded':
      return `${formatNumber(action.payload.quantity)} × ${action.payload.sku} was not added.`
    case 'salesOrder/lineQuantityChanged':
      return `The quantity was not changed to ${formatNumber(action.payload.quantity)}.`
    case 'salesOrder/lineRemoved':
      return 'The line was not removed.'
    case 'salesOrder/submitted':
      return 'The order was not submitted.'
    case 'salesOrder/shipped':
      return 'The order was not shipped.'
    case 'salesOrder/cancelled':
      return 'The order was not cancelled.'
    case 'salesOrder/deleted':
      return 'The order was not deleted.'
    case 'board/taskAdded':
      return `“${action.payload.title}” was not added.`
    case 'board/taskChanged':
      return `The task was not changed${action.payload.changes.title ? ` to “${action.payload.changes.title}”` : ''}.`
    case 'board/taskMoved':
      return 'The task was not moved.'
    case 'board/taskRemoved':
      return 'The task was not removed.'
    case 'stock/received':
      return `${formatNumber(action.payload.quantity)} of ${action.payload.sku} was not received.`
    case 'stock/counted':
      return `The stock of ${action.payload.sku} was not set to ${formatNumber(action.payload.quantity)}.`
    case 'stock/removed':
      return `${action.payload.sku} was not removed.`
  }
}
