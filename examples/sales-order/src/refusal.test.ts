import { stampAction } from '@foldback/core'
import { expect, it } from 'vitest'
import { boardSlice } from './model/board.ts'
import { salesOrderSlice } from './model/sales-order.ts'
import { settingsSlice } from './model/settings.ts'
import { stockSlice } from './model/stock.ts'
import { outdatedRefusals, refusalOf, triedAgain } from './refusal.ts'

const { lineQuantityChanged, lineAdded, submitted } = salesOrderSlice.actions
const { taskMoved } = boardSlice.actions
const { received } = stockSlice.actions
const id = 'SO-1'
const change = lineQuantityChanged({ id, lineId: 'a', quantity: 3 })
const line = (lineId: string, quantity = 1) => lineAdded({ id, lineId, sku: 'BOLT', quantity, unitPrice: 1 })

let count = 0
const stamped = (action: { type: string }, at: number) =>
  stampAction(action, { id: `a${++count}`, at, actor: 'ada' })
/** What was done at one moment and refused ten later. */
const refused = (action: { type: string }, at = 0) => ({
  action: stamped(action, at),
  code: 'no',
  message: 'Because.',
  at: at + 10,
})
const titles = (rejections: readonly ReturnType<typeof refused>[]) =>
  rejections.map((rejection) => refusalOf(rejection).title)

it('says what did not happen, why, and where it was tried', () => {
  const actions: { type: string }[] = [change, line('b'), submitted({ id })]
  actions.push(taskMoved({ id: 't', column: 'done' }), received({ sku: 'BOLT', quantity: 5 }))
  actions.push(settingsSlice.actions.themeChosen('dark'))
  const places = actions.map((action) => refusalOf(refused(action)))
  expect(places.map(({ orderId, place, title }) => [orderId, place, title])).toEqual([
    [id, 'line a', 'The quantity was not changed to 3.'],
    [id, 'lines', '1 × BOLT was not added.'],
    [id, 'order', 'The order was not submitted.'],
    [undefined, 'board', 'The task was not moved.'],
    [undefined, 'stock', '5 of BOLT was not received.'],
    [undefined, 'elsewhere', 'Your settings were not changed.'],
  ])
  expect(places[0]).toMatchObject({ message: 'Because.', at: 10 })
})

it('forgets a refusal when the same thing is tried again, and keeps those elsewhere', () => {
  const rejected = [refused(change), refused(line('b'))]
  const again = lineQuantityChanged({ id, lineId: 'a', quantity: 5 })
  expect(titles(outdatedRefusals(rejected, [stamped(again, 20)]))).toEqual([
    'The quantity was not changed to 3.',
  ])
  expect(titles(outdatedRefusals(rejected, [stamped(line('c'), 20)]))).toEqual(['1 × BOLT was not added.'])
})

it('keeps a refusal through what was done before it and is still waiting', () => {
  expect(outdatedRefusals([refused(change)], [stamped(change, 5)])).toEqual([])
})

it('keeps only the last of several refusals of the same change, and each line that was not added', () => {
  const again = lineQuantityChanged({ id, lineId: 'a', quantity: 4 })
  expect(titles(outdatedRefusals([refused(change), refused(again)], []))).toEqual([
    'The quantity was not changed to 3.',
  ])
  expect(outdatedRefusals([refused(line('b')), refused(line('c'))], [])).toEqual([])
})

it('keeps a line that says something else than what is added now', () => {
  expect(outdatedRefusals([refused(line('b', 2))], [stamped(line('c', 3), 20)])).toEqual([])
})

it('forgets a refused submit as soon as the order is worked on', () => {
  const rejected = [refused(submitted({ id }))]
  expect(outdatedRefusals(rejected, [stamped(change, 20)])).toEqual(rejected)
  const elsewhere = lineQuantityChanged({ id: 'SO-2', lineId: 'a', quantity: 3 })
  expect(outdatedRefusals(rejected, [stamped(elsewhere, 20)])).toEqual([])
})

it('keeps what was refused of the board and of the stock apart', () => {
  const [moved, came] = [taskMoved({ id: 't', column: 'done' }), received({ sku: 'BOLT', quantity: 5 })]
  const rejected = [refused(moved), refused(came)]
  expect(outdatedRefusals(rejected, [stamped(moved, 20)])).toEqual([rejected[0]])
})

it('says of what can never be accepted that trying again is for nothing', () => {
  const codes = ['order-not-draft', 'no-such-line', 'stock-short', 'no-lines', 'a-code-of-tomorrow']
  const canRetry = codes.map((code) => refusalOf({ ...refused(change), code }).canRetry)
  expect(canRetry).toEqual([false, false, true, true, true])
})

it('counts how often something was tried again', () => {
  const again = stamped(triedAgain(refused(change).action), 20)
  expect(refusalOf({ ...refused(change), action: again }).tried).toBe(1)
  expect(triedAgain(again)).toEqual({ ...change, meta: { tried: 2 } })
})
