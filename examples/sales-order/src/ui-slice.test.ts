import { expect, it } from 'vitest'
import { boardSlice } from './model/board.ts'
import { salesOrderSlice } from './model/sales-order.ts'
import { stockSlice } from './model/stock.ts'
import type { SharedAction } from './refusal.ts'
import { refusalDismissed, uiSlice, type UiState } from './ui-slice.ts'

const { lineQuantityChanged, lineAdded, submitted } = salesOrderSlice.actions
const id = 'SO-1'
const change = lineQuantityChanged({ id, lineId: 'a', quantity: 3 })

const fold = (...actions: { type: string }[]) =>
  actions.reduce<UiState | undefined>(uiSlice.reducer, undefined)

const rejected = (action: SharedAction) => ({
  type: 'foldback/rejected',
  payload: {
    code: 'no',
    message: 'Because.',
    action,
  },
})
const places = (...actions: { type: string }[]) => fold(...actions)?.refusals.map(({ place }) => place)

it('keeps what was refused with the place where it was tried', () => {
  expect(fold(rejected(change))?.refusals).toEqual([
    expect.objectContaining({
      orderId: id,
      place: 'line a',
      title: 'The quantity was not changed to 3.',
      message: 'Because.',
    }),
  ])
})

it('forgets a refusal when it is dismissed', () => {
  const ui = fold(rejected(change))
  expect(uiSlice.reducer(ui, refusalDismissed(ui?.refusals[0]?.key ?? '')).refusals).toEqual([])
})

it('forgets a refusal when the same thing is tried again, and keeps those elsewhere', () => {
  const added = lineAdded({ id, lineId: 'b', sku: 'BOLT', quantity: 1, unitPrice: 1 })
  expect(places(rejected(change), rejected(added), change)).toEqual(['lines'])
})

it('keeps only the last of several refusals of the same change, and each line that was not added', () => {
  const again = lineQuantityChanged({ id, lineId: 'a', quantity: 4 })
  const titles = (...actions: { type: string }[]) => fold(...actions)?.refusals.map(({ title }) => title)
  expect(titles(rejected(change), rejected(again))).toEqual(['The quantity was not changed to 4.'])
  const line = (lineId: string) => lineAdded({ id, lineId, sku: lineId, quantity: 1, unitPrice: 1 })
  expect(titles(rejected(line('b')), rejected(line('c')))).toHaveLength(2)
})

it('forgets a refused submit as soon as the order is worked on', () => {
  expect(places(rejected(submitted({ id })), change)).toEqual([])
  expect(
    places(rejected(submitted({ id })), lineQuantityChanged({ id: 'SO-2', lineId: 'a', quantity: 3 })),
  ).toEqual(['order'])
})

it('keeps what was refused of the board and of the stock apart from the orders', () => {
  const moved = boardSlice.actions.taskMoved({ id: 't', column: 'done' })
  const received = stockSlice.actions.received({ sku: 'BOLT', quantity: 5 })
  const refusals = fold(rejected(moved), rejected(received))?.refusals
  expect(refusals?.map(({ orderId, place, title }) => [orderId, place, title])).toEqual([
    [undefined, 'board', 'The task was not moved.'],
    [undefined, 'stock', '5 of BOLT was not received.'],
  ])
  expect(places(rejected(moved), rejected(received), moved)).toEqual(['stock'])
})
