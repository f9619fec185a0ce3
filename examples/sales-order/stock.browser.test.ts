import { expect, it } from 'vitest'
import { salesOrderSlice } from './src/model/sales-order.ts'
import type { Stock } from './src/model/stock.ts'
import { isOffline, OrderScreen } from './testing/order-screen.ts'
import { openPage, useBrowser } from './testing/people.ts'
import { RunningExample } from './testing/running-example.ts'

const { created, lineAdded, submitted } = salesOrderSlice.actions
const id = 'SO-1'

useBrowser()

it('refuses to ship what is not there, and ships it when it has come', async () => {
  const example = await RunningExample.start()
  const bolts = lineAdded({ id, lineId: 'a', sku: 'BOLT', quantity: 4, unitPrice: 25 })
  await example.dispatch(created({ id, customer: 'Ada' }), bolts, submitted({ id }))
  const [seller, keeper] = [await openPage(), await openPage()]
  const receive = keeper.getByRole('form', { name: 'Receive goods' })
  const comes = async (quantity: string) => {
    await receive.getByLabel('SKU').fill('BOLT')
    await receive.getByLabel('Quantity').fill(quantity)
    await receive.getByRole('button', { name: 'Receive' }).click()
  }
  await keeper.goto(example.url('#/stock'))
  await comes('3')
  await keeper.getByTestId('stock-item').getByText('1 short').waitFor()

  const screen = new OrderScreen(seller)
  await seller.goto(example.url(`#/orders/${id}`))
  await seller.getByTestId('shortages').getByText('3 of 4').waitFor()
  await seller.getByRole('button', { name: 'Ship order' }).click()
  await screen.refusal.getByText('There is not enough of BOLT (4 ordered, 3 in stock).').waitFor()
  expect(await seller.getByTestId('status').textContent()).toBe('Submitted')
  expect((await example.record(id)).version).toBe(3)

  await comes('2')
  await seller.getByTestId('shortages').waitFor({ state: 'detached' })
  await seller.getByRole('button', { name: 'Ship order' }).click()
  await screen.isSettled()
  expect(await seller.getByTestId('status').textContent()).toBe('Shipped')
  expect(await screen.refusal.count()).toBe(0)
  const level = keeper.getByRole('textbox', { name: 'Quantity of BOLT' })
  await expect.poll(() => level.inputValue()).toBe('1')
  expect(await example.stateOf<Stock>('stock')).toEqual({ items: [{ sku: 'BOLT', quantity: 1 }] })
})

it('asks before it ships offline what is short, and says that it is not final', async () => {
  const example = await RunningExample.start()
  const bolts = lineAdded({ id, lineId: 'a', sku: 'BOLT', quantity: 4, unitPrice: 25 })
  await example.dispatch(created({ id, customer: 'Ada' }), bolts, submitted({ id }))
  const page = await openPage()
  await page.goto(example.url(`#/orders/${id}`))
  const shortages = page.getByTestId('shortages')
  await shortages.getByText('0 of 4').waitFor()
  await example.kill()
  await isOffline(page)
  const ship = page.getByRole('button', { name: 'Ship order' })
  const dialog = page.getByRole('dialog')
  await ship.click()
  await dialog.getByRole('button', { name: 'Not yet' }).click()
  await ship.click()
  await dialog.getByRole('button', { name: 'Ship order' }).click()
  const notFinal = page.getByText('Not final yet')
  await notFinal.waitFor()

  await example.start()
  const screen = new OrderScreen(page)
  await screen.refusal.getByText('There is not enough of BOLT (4 ordered, 0 in stock).').waitFor()
  await shortages.waitFor()
  expect(await notFinal.count()).toBe(0)
})
