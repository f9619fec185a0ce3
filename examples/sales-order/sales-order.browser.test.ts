import type { Page } from 'playwright-core'
import { expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { boardSlice } from './src/model/board.ts'
import { salesOrderSlice } from './src/model/sales-order.ts'
import { stockSlice } from './src/model/stock.ts'
import { OrderScreen, seen } from './testing/order-screen.ts'
import { openPage, useBrowser, waitMsMax } from './testing/people.ts'
import { RunningExample } from './testing/running-example.ts'
import { slowNetwork } from './testing/slow-network.ts'

const { created, lineAdded, submitted } = salesOrderSlice.actions
const id = 'SO-1'
const bolts = lineAdded({ id, lineId: 'bolts', sku: 'BOLT', quantity: 4, unitPrice: 25 })

const task = { id: 't', title: 'Count the bolts', note: '', column: 'todo' } as const
const { received } = stockSlice.actions
const { taskAdded } = boardSlice.actions

useBrowser()

async function openOrder(example: RunningExample, page?: Page): Promise<OrderScreen> {
  const screen = new OrderScreen(page ?? (await openPage()))
  await screen.page.goto(example.url(`#/orders/${id}`))
  await screen.page.getByTestId('order').waitFor()
  return screen
}

/** The example with an order that has one line. */
async function startWithOrder(): Promise<RunningExample> {
  const example = await RunningExample.start()
  await example.dispatch(created({ id, customer: 'Ada' }), bolts)
  return example
}

const orderOf = async (example: RunningExample) => {
  const { state } = await example.record(id)
  if (state === null) throw new Error('the order is gone')
  return seen(state)
}

it('shows two people who edit an order at once the same order, which is the one on the server', async () => {
  const example = await startWithOrder()
  const screens = [await openOrder(example), await openOrder(example)]
  const rounds = 6
  await Promise.all(
    screens.map(async (screen, person) => {
      for (let round = 0; round < rounds; round += 1) {
        await screen.addLine(`SKU-${person}-${round}`, 2, '0.50')
        await screen.oneMore('BOLT')
        await screen.changeCustomer(`Person ${person}, round ${round}`)
        await screen.oneMore('BOLT')
      }
    }),
  )
  for (const screen of screens) await screen.isSettled()

  const order = await orderOf(example)
  expect(order.lines).toHaveLength(1 + 2 * rounds)
  for (const screen of screens) await expect.poll(() => screen.read(), { timeout: waitMsMax }).toEqual(order)

  const events = await example.events(id)
  expect(events.map(({ version }) => version)).toEqual(events.map((_, index) => index + 1))
  expect(events).toHaveLength(2 + 2 * rounds * 4)
  expect(new Set(events.map((event) => event.id)).size).toBe(events.length)
  for (const screen of screens) expect(await screen.refusal.count()).toBe(0)
})

it('shows an order that a plain WebSocket made, without a reload, and tells other plain WebSockets', async () => {
  const example = await RunningExample.start()
  const page = await openPage()
  await page.goto(example.url())
  await page.getByText('No orders yet').waitFor()
  await page.evaluate(() => Object.assign(globalThis, { isSamePage: true }))

  const [sender, listener] = [new WebSocket(example.webSocketUrl), new WebSocket(example.webSocketUrl)]
  onTestFinished(() => [sender, listener].forEach((socket) => socket.terminate()))
  const told = new Promise((resolve) =>
    listener.on('message', (data: Buffer) => resolve(JSON.parse(data.toString()))),
  )
  await Promise.all([sender, listener].map((socket) => new Promise((resolve) => socket.on('open', resolve))))
  sender.send('{"type":"salesOrder/created","payload":{"id":"1","customer":"Ada Lovelace"}}')

  await page.getByTestId('order-row').filter({ hasText: 'Ada Lovelace' }).waitFor()
  expect(await page.evaluate(() => 'isSamePage' in globalThis)).toBe(true)
  const state = { id: '1', customer: 'Ada Lovelace', status: 'draft', lines: [], total: 0 }
  expect(await told).toEqual({
    type: 'foldback/record',
    payload: { model: 'salesOrder', id: '1', version: 1, state },
  })
})

it('goes on by itself after the server was killed and started again, with what was done meanwhile', async () => {
  const example = await startWithOrder()
  const screen = await openOrder(example)
  await screen.isSettled()
  const before = await example.record(id)

  await example.kill()
  await screen.isOffline()
  await example.start()
  expect(await example.record(id)).toEqual(before)
  await screen.isSettled()
  expect(await example.record(id)).toEqual(before)

  await example.kill()
  await screen.isOffline()
  await screen.addLine('OFFLINE', 2, '1.50')
  await screen.oneMore('BOLT')
  await screen.waiting.getByText('2 changes waiting').waitFor()
  await screen.row('OFFLINE').getByTestId('pending').waitFor()
  await example.start()
  await screen.isSettled()
  expect(await screen.pendingMarks.count()).toBe(0)

  const events = await example.events(id)
  expect(events.map(({ version, action }) => `${version} ${action.type}`)).toEqual([
    '1 salesOrder/created',
    '2 salesOrder/lineAdded',
    '3 salesOrder/lineAdded',
    '4 salesOrder/lineQuantityChanged',
  ])
  expect(await screen.read()).toEqual(await orderOf(example))
})

it('takes a refused change back, and says so where it was made', async () => {
  const example = await startWithOrder()
  const page = await openPage()
  const network = await slowNetwork(page)
  const screen = await openOrder(example, page)
  await screen.isSettled()

  network.pause()
  await example.dispatch(submitted({ id }))
  await screen.addLine('TOO-LATE', 1, '1.00')
  await screen.oneMore('BOLT')
  await screen.row('TOO-LATE').getByTestId('pending').waitFor()
  network.resume()

  const lines = page.getByRole('region', { name: 'Lines' })
  await lines.getByRole('alert').getByText('1 × TOO-LATE was not added.').waitFor()
  await lines.getByRole('alert').getByText('The quantity was not changed to 5.').waitFor()
  await screen.isSettled()
  expect(await screen.row('TOO-LATE').count()).toBe(0)
  expect(await page.getByTestId('status').textContent()).toBe('Submitted')

  const discard = lines.getByRole('button', { name: 'Discard' })
  await discard.first().click()
  await discard.click()
  await screen.refusal.waitFor({ state: 'detached' })
})

it('shows the customer to others while it is typed, in few events', async () => {
  const example = await startWithOrder()
  const [ada, bob] = [await openOrder(example), await openOrder(example)]
  const before = (await example.record(id)).version
  const text = 'Ada and Grace, by hand. '.repeat(5).slice(0, 100)
  await ada.page.getByRole('button', { name: 'Edit customer' }).click()
  await ada.page.keyboard.type(text.slice(0, 50))
  await bob.page.getByTestId('customer').getByText('Ada and').waitFor()
  expect(await ada.page.getByRole('textbox', { name: 'Customer' }).inputValue()).toBe(text.slice(0, 50))
  await ada.page.keyboard.type(text.slice(50))
  await ada.page.keyboard.press('Enter')
  await ada.isSettled()

  const { version, state } = await example.record(id)
  expect(state?.customer).toBe(text.trim())
  expect(version - before).toBeGreaterThan(1)
  expect(version - before).toBeLessThanOrEqual(10)
  expect(await bob.page.getByTestId('customer').textContent()).toBe(text.trim())

  await ada.page.getByRole('button', { name: 'Edit customer' }).click()
  await ada.page.keyboard.type('Nobody')
  await ada.page.keyboard.press('Escape')
  await ada.isSettled()
  expect((await example.record(id)).state?.customer).toBe(text.trim())
})

it('can be used by keyboard and by name, on a phone too', async () => {
  const example = await startWithOrder()
  const screen = await openOrder(example)
  await expectUsable(screen.page)
  await screen.page.getByRole('button', { name: 'Cancel order' }).click()
  await expectUsable(screen.page)
  await screen.page.keyboard.press('Escape')
  await screen.page.getByRole('link', { name: 'All orders' }).click()
  await screen.page.getByTestId('order-row').waitFor()
  await expectUsable(screen.page)

  await example.dispatch(received({ sku: 'BOLT', quantity: 4 }), taskAdded(task))
  for (const [name, testId] of [
    ['Board', 'task'],
    ['Stock', 'stock-item'],
  ] as const) {
    await screen.page.getByRole('link', { name }).click()
    await screen.page.getByTestId(testId).waitFor()
    await expectUsable(screen.page)
  }
  await screen.page.getByRole('button', { name: 'Sign in' }).click()
  await expectUsable(screen.page)
  await screen.page.keyboard.press('Escape')

  await screen.page.setViewportSize({ width: 360, height: 740 })
  for (const hash of ['#/', `#/orders/${id}`, '#/orders/none', '#/board', '#/stock', '#/attention']) {
    await screen.page.goto(example.url(hash))
    await screen.page.getByRole('heading', { level: 1 }).waitFor()
    expect(await screen.page.evaluate(() => document.documentElement.scrollWidth)).toBe(360)
  }
})

/** Each control has a name, and the Tab key comes to it. A dialog that is open is all there is. */
async function expectUsable(page: Page): Promise<void> {
  const snapshot = await page.locator('body').ariaSnapshot()
  expect(snapshot).not.toMatch(/- (button|link|textbox|searchbox|combobox|radio)(?! ")/)

  const controls = await page.evaluate(() => {
    const root = document.querySelector('dialog') ?? document
    const all = [...root.querySelectorAll<HTMLElement>('a[href], button, input, select, textarea')]
    // Of a group of radio buttons the Tab key comes to the one that is chosen; the arrow keys go on from there.
    const stops = all.filter((control) => !control.matches('[type="radio"]:not(:checked)'))
    stops.forEach((control, index) => (control.dataset['stop'] = String(index)))
    return stops.map((control) => control.outerHTML)
  })
  expect(controls.length).toBeGreaterThan(1)
  const reached = new Set<string>()
  for (let presses = 0; presses < controls.length + 3; presses += 1) {
    await page.keyboard.press('Tab')
    reached.add(
      await page.evaluate(() => (document.activeElement as HTMLElement | null)?.dataset['stop'] ?? ''),
    )
  }
  expect(controls.filter((_, index) => !reached.has(String(index)))).toEqual([])
}
