import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { limits } from './src/model/payloads.ts'
import { salesOrderSlice } from './src/model/sales-order.ts'
import { isSettled, OrderScreen } from './testing/order-screen.ts'
import { keysOnDevice, openPage, useBrowser } from './testing/people.ts'
import { RunningExample } from './testing/running-example.ts'
import { slowNetwork } from './testing/slow-network.ts'

const { created, lineAdded, submitted } = salesOrderSlice.actions
const id = 'SO-1'

useBrowser()

async function openOrder(example: RunningExample, page: Page): Promise<OrderScreen> {
  await page.goto(example.url(`#/orders/${id}`))
  await page.getByTestId('order').waitFor()
  await isSettled(page)
  return new OrderScreen(page)
}

const needing = (page: Page, count: string) =>
  page.getByRole('link', { name: `${count} attention`, exact: true })

it('keeps what was refused in one place through reloads, until it is discarded', async () => {
  const example = await RunningExample.start()
  const bolts = lineAdded({ id, lineId: 'bolts', sku: 'BOLT', quantity: 4, unitPrice: 25 })
  await example.dispatch(created({ id, customer: 'Ada' }), bolts)
  const page = await openPage()
  const network = await slowNetwork(page)
  const screen = await openOrder(example, page)
  network.pause()
  await example.dispatch(submitted({ id }))
  await screen.addLine('TOO-LATE', 1, '1.00')
  await screen.oneMore('BOLT')
  network.resume()

  await needing(page, '2 changes need').click()
  const refusals = page.getByRole('main').getByTestId('refusal')
  const line = refusals.filter({ hasText: '1 × TOO-LATE was not added.' })
  const quantity = refusals.filter({ hasText: 'The quantity was not changed to 5.' })
  await quantity.getByText('BOLT').waitFor()
  await page.reload()
  await line.waitFor()
  await quantity.waitFor()
  expect(await refusals.count()).toBe(2)

  // An order that is submitted takes no line any more, however it is written and however often.
  await line.getByRole('button', { name: 'Edit' }).waitFor({ state: 'detached' })
  expect(await line.getByRole('button').allTextContents()).toEqual(['Discard'])
  await page.getByRole('button', { name: 'Discard all' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Keep them' }).click()
  await quantity.getByRole('button', { name: 'Discard' }).click()
  await needing(page, '1 change needs').waitFor()
  // A page that goes before the device has written it down shows it once more.
  await expect.poll(() => keysOnDevice(page, 'rejection/')).toHaveLength(1)
  await page.reload()
  await line.waitFor()
  expect(await refusals.count()).toBe(1)
  await line.getByRole('button', { name: 'Discard' }).click()
  await page.getByRole('heading', { name: 'Nothing needs your attention' }).waitFor()
  expect(await needing(page, '1 change needs').count()).toBe(0)
  expect((await example.record(id)).version).toBe(3)
})

it('says that something was tried again and refused again, and ends when it is accepted', async () => {
  const example = await RunningExample.start()
  await example.dispatch(created({ id, customer: 'Ada' }))
  const page = await openPage()
  const network = await slowNetwork(page)
  await openOrder(example, page)
  await page.getByRole('button', { name: 'Submit order' }).click()
  await needing(page, '1 change needs').click()
  const refusal = page.getByRole('main').getByTestId('refusal')
  await refusal.getByText('The order was not submitted.').waitFor()
  expect(await refusal.getByText('Tried again').count()).toBe(0)

  network.pause()
  await refusal.getByRole('button', { name: 'Try again' }).press('Enter')
  await refusal.waitFor({ state: 'detached' })
  await page.getByText('Saving 1 change').waitFor()
  network.resume()
  await refusal.getByRole('alert').getByText('Tried again, and refused at').waitFor()
  expect(await refusal.evaluate((element) => element === document.activeElement)).toBe(true)

  await example.dispatch(lineAdded({ id, lineId: 'bolts', sku: 'BOLT', quantity: 4, unitPrice: 25 }))
  await refusal.getByRole('button', { name: 'Try again' }).click()
  await page.getByRole('heading', { name: 'Nothing needs your attention' }).waitFor()
  await isSettled(page)
  expect((await example.record(id)).state?.status).toBe('submitted')
})

it('opens what was refused with its values, and sends what they are changed to in its place', async () => {
  const example = await RunningExample.start()
  const { quantityMax: quantity, unitPriceMax: unitPrice } = limits
  const everything = lineAdded({ id, lineId: 'all', sku: 'ALL', quantity, unitPrice })
  await example.dispatch(created({ id, customer: 'Ada' }), everything)
  const page = await openPage()
  const screen = await openOrder(example, page)
  await screen.addLine('ONE-MORE', 3, '1.00')
  await screen.refusal.getByText('3 × ONE-MORE was not added.').waitFor()
  await screen.refusal.getByRole('button', { name: 'Edit' }).click()
  const dialog = page.getByRole('dialog')
  const price = dialog.getByLabel('Unit price')
  expect(await dialog.getByLabel('SKU').inputValue()).toBe('ONE-MORE')
  expect(await price.inputValue()).toBe('1.00')
  await price.fill('nothing')
  await dialog.getByLabel('SKU').press('Enter')
  await dialog.getByText('Enter a price, like 12.50.').waitFor()
  expect(await price.evaluate((element) => element === document.activeElement)).toBe(true)
  await price.fill('0')
  await price.press('Enter')

  await screen.row('ONE-MORE').waitFor()
  await screen.refusal.waitFor({ state: 'detached' })
  await screen.isSettled()
  expect((await example.record(id)).state?.lines).toMatchObject([
    { sku: 'ALL' },
    { sku: 'ONE-MORE', quantity: 3, unitPrice: 0 },
  ])
  expect(await screen.refusal.count()).toBe(0)
})

it('says what a server that was put back has lost, and does it again', async () => {
  const example = await RunningExample.start()
  await example.dispatch(created({ id, customer: 'Ada' }))
  await example.kill()
  await example.backUp()
  await example.start()
  const page = await openPage()
  const screen = await openOrder(example, page)
  await screen.addLine('BOLT', 4, '0.25')
  await screen.addLine('NUT', 2, '0.50')
  await screen.isSettled()
  await example.kill()
  await example.restore()
  await example.start()

  await needing(page, '2 changes need').click()
  await page.getByText('4 × BOLT was not added.').waitFor()
  expect(await page.getByTestId('connection-bar').textContent()).toContain('lost')
  await page.getByRole('button', { name: 'Do them all again' }).click()
  await page.getByRole('heading', { name: 'Nothing needs your attention' }).waitFor()
  await isSettled(page)
  expect(await page.getByTestId('connection-bar').count()).toBe(0)
  expect((await example.record(id)).state?.lines).toMatchObject([
    { sku: 'BOLT', quantity: 4 },
    { sku: 'NUT', quantity: 2 },
  ])
})
