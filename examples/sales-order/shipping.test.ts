import { createSync, type Outcome } from '@foldback/client'
import { configureStore } from '@reduxjs/toolkit'
import { expect, it, onTestFinished, vi } from 'vitest'
import { RunningServer } from '../../test-support/running-server.ts'
import { rules } from './rules.ts'
import { models } from './src/model/models.ts'
import { salesOrderSlice } from './src/model/sales-order.ts'
import { stockSlice } from './src/model/stock.ts'

const { created, lineAdded, submitted, shipped } = salesOrderSlice.actions
const { received } = stockSlice.actions
const id = 'SO-1'
const line = (lineId: string, sku: string, quantity: number) =>
  lineAdded({ id, lineId, sku, quantity, unitPrice: 100 })
const order = [
  created({ id, customer: 'Ada' }),
  line('a', 'BOLT', 2),
  line('b', 'NUT', 1),
  line('c', 'BOLT', 3),
]
const taken = [
  { sku: 'BOLT', quantity: 5 },
  { sku: 'NUT', quantity: 1 },
]

/** The example's models and rules behind real sockets, with a submitted order and some stock. */
async function start(bolts: number) {
  const server = await RunningServer.start({ models, rules })
  const stocked = [received({ sku: 'BOLT', quantity: bolts }), received({ sku: 'NUT', quantity: 1 })]
  await server.post([...order, submitted({ id }), ...stocked])
  const records = async () => [
    (await server.get(`/records/salesOrder/${id}`)).body,
    (await server.get('/records/stock/shared')).body,
  ]
  return { server, records }
}

it('ships an order and takes its goods from the stock, in one', async () => {
  const { server, records } = await start(7)
  const { status, body } = await server.post(shipped({ id, taken }))
  expect(status).toBe(200)
  expect(body.places).toEqual([
    { model: 'salesOrder', id, version: 6 },
    { model: 'stock', id: 'shared', version: 3 },
  ])
  const items = [
    { sku: 'BOLT', quantity: 2 },
    { sku: 'NUT', quantity: 0 },
  ]
  expect(await records()).toMatchObject([{ state: { status: 'shipped' } }, { state: { items } }])
})

it('changes neither the order nor the stock when the stock is short', async () => {
  const { server, records } = await start(4)
  const before = await records()
  const { status, body } = await server.post(shipped({ id, taken }))
  expect([status, body.code]).toEqual([409, 'stock-short'])
  expect(body.detail).toBe(
    'There is not enough of BOLT (5 ordered, 4 in stock). Receive what is missing, then ship the order again.',
  )
  expect(await records()).toEqual(before)
})

it('changes neither when other goods would be taken than were ordered', async () => {
  const { server, records } = await start(7)
  const before = await records()
  for (const wrong of [[], taken.slice(1), [...taken, { sku: 'GEAR', quantity: 1 }]]) {
    expect((await server.post(shipped({ id, taken: wrong }))).body.code).toBe('goods-not-ordered')
  }
  expect(await records()).toEqual(before)
})

it('lets one of two orders have the last goods', async () => {
  const { server, records } = await start(5)
  const other = 'SO-2'
  await server.post([
    created({ id: other, customer: 'Bob' }),
    lineAdded({ id: other, lineId: 'a', sku: 'BOLT', quantity: 1, unitPrice: 100 }),
    submitted({ id: other }),
  ])
  const outcomes = await Promise.all([
    server.post(shipped({ id, taken })),
    server.post(shipped({ id: other, taken: [{ sku: 'BOLT', quantity: 1 }] })),
  ])
  expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set([200, 409]))
  expect((await records())[1].state.items[0].quantity).toBeOneOf([0, 4])
})

it('takes both back on the screen of whoever shipped too much, and says why', async () => {
  const { server, records } = await start(4)
  const sync = createSync({ url: `ws://127.0.0.1:${server.port}`, models })
  const store = configureStore({
    reducer: { ...sync.reducers },
    middleware: (getDefault) => getDefault().concat(sync.middleware),
  })
  sync.connect()
  onTestFinished(() => sync.disconnect())
  onTestFinished(sync.subscribe(models[0], id))
  await vi.waitFor(() => expect(sync.isLoaded(models[0], id) && sync.isLoaded(models[3])).toBe(true))

  const shown = () => [
    store.getState().salesOrder.entities[id]?.status,
    store.getState().stock.items[0]?.quantity,
  ]
  const action = store.dispatch(shipped({ id, taken }))
  expect(shown()).toEqual(['shipped', 0])
  const outcome: Outcome = await sync.settled(action)
  expect(outcome).toMatchObject({ accepted: false, code: 'stock-short' })
  expect(shown()).toEqual(['submitted', 4])
  expect(await records()).toMatchObject([{ version: 5 }, { version: 2 }])
})
