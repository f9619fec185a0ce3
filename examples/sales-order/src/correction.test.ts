import { expect, it } from 'vitest'
import { correctionOf, errorsIn, type Known } from './correction.ts'
import { boardSlice } from './model/board.ts'
import { salesOrderSlice } from './model/sales-order.ts'
import { stockSlice } from './model/stock.ts'

const { created, lineAdded, lineQuantityChanged, submitted } = salesOrderSlice.actions
const { taskChanged } = boardSlice.actions
const id = 'SO-1'
const draft = {
  id,
  customer: 'Ada',
  status: 'draft' as const,
  lines: [{ id: 'a', sku: 'BOLT', quantity: 1, unitPrice: 250 }],
  total: 250,
}
const knowing = (orders: Known['salesOrder']['entities'] = { [id]: draft }): Known => ({
  salesOrder: { entities: orders },
  board: boardSlice.reducer(
    undefined,
    boardSlice.actions.taskAdded({ id: 't', title: 'Count', note: 'Twice', column: 'done' }),
  ),
})
const valuesOf = (action: { type: string }, known = knowing()) =>
  correctionOf(action, known)?.fields.map(({ value }) => value)

it('begins with what was typed', () => {
  const line = lineAdded({ id, lineId: 'b', sku: 'NUT', quantity: 4, unitPrice: 1205 })
  expect(valuesOf(line)).toEqual(['NUT', '4', '12.05'])
  expect(valuesOf(lineQuantityChanged({ id, lineId: 'a', quantity: 9 }))).toEqual(['9'])
  expect(valuesOf(stockSlice.actions.received({ sku: 'BOLT', quantity: 7 }))).toEqual(['7'])
  expect(valuesOf(taskChanged({ id: 't', changes: { title: 'Weigh' } }))).toEqual(['Weigh', 'Twice'])
})

it('sends the same line with other values, and a refused order under another number', () => {
  const line = lineAdded({ id, lineId: 'b', sku: 'NUT', quantity: 4, unitPrice: 1205 })
  expect(correctionOf(line, knowing())?.make('NUT-2', '3', '10')).toEqual(
    lineAdded({ id, lineId: 'b', sku: 'NUT-2', quantity: 3, unitPrice: 1000 }),
  )
  const again = correctionOf(created({ id, customer: 'Ada' }), knowing())?.make('Bob')
  expect(again).toMatchObject({ type: 'salesOrder/created', payload: { customer: 'Bob' } })
  expect(again).not.toMatchObject({ payload: { id } })
})

it('makes a new task of what was written about one that is gone', () => {
  const action = taskChanged({ id: 'gone', changes: { note: 'Ask Bob' } })
  expect(correctionOf(action, knowing())?.make('Count', 'Ask Bob')).toMatchObject({
    type: 'board/taskAdded',
    payload: { title: 'Count', note: 'Ask Bob', column: 'todo' },
  })
})

it('is not offered where no other value would do', () => {
  const line = lineAdded({ id, lineId: 'b', sku: 'NUT', quantity: 4, unitPrice: 1 })
  expect(valuesOf(submitted({ id }))).toBeUndefined()
  expect(valuesOf(line, knowing({ [id]: { ...draft, status: 'submitted' } }))).toBeUndefined()
  expect(valuesOf(line, knowing({}))).toBeUndefined()
  expect(valuesOf(lineQuantityChanged({ id, lineId: 'gone', quantity: 9 }))).toBeUndefined()
  expect(valuesOf({ type: 'settings/themeChosen' })).toBeUndefined()
})

it('names what is wrong by the field it is in', () => {
  const quantity = correctionOf(lineQuantityChanged({ id, lineId: 'a', quantity: 9 }), knowing())?.make(
    'none',
  )
  expect(errorsIn(quantity!)).toEqual({ quantity: 'Enter a whole number.' })
  const title = correctionOf(taskChanged({ id: 't', changes: {} }), knowing())?.make('', '')
  expect(errorsIn(title!)).toEqual({ title: 'Enter what is to be done.' })
  expect(errorsIn(submitted({ id }))).toEqual({})
})
