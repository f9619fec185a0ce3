import { once } from 'node:events'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import sirv from 'sirv'
import { expect, it, onTestFinished } from 'vitest'
import { boardSlice, tasksOf, type Board } from './src/model/board.ts'
import { salesOrderSlice } from './src/model/sales-order.ts'
import { stockSlice } from './src/model/stock.ts'
import { isOffline, isSettled, OrderScreen, seen } from './testing/order-screen.ts'
import { isKeptOnDevice, openPage, useBrowser, waitMsMax } from './testing/people.ts'
import { RunningExample } from './testing/running-example.ts'

const { created, lineAdded } = salesOrderSlice.actions
const id = 'SO-1'
const task = (taskId: string, title: string) =>
  boardSlice.actions.taskAdded({ id: taskId, title, note: '', column: 'todo' })
const goods = (sku: string, quantity: number) => stockSlice.actions.received({ sku, quantity })

useBrowser()

/** Until the page is kept on the device. */
const isKept = (page: Page) => page.evaluate(async () => void (await navigator.serviceWorker.ready))

async function openOrder(example: RunningExample): Promise<OrderScreen> {
  const screen = new OrderScreen(await openPage())
  await screen.page.goto(example.url(`#/orders/${id}`))
  await screen.page.getByTestId('order').waitFor()
  return screen
}

it('opens and reloads without a server and without any network, with what it showed last', async () => {
  const example = await RunningExample.start()
  await example.dispatch(created({ id, customer: 'Ada' }), task('a', 'Count the bolts'), goods('BOLT', 7))
  const page = await openPage()
  await page.goto(example.url())
  await page.getByTestId('order-row').waitFor()
  await isKept(page)
  await isKeptOnDevice(page)

  await example.kill()
  await page.context().setOffline(true)
  await page.reload()
  await page.getByTestId('order-row').getByText('Ada').waitFor()
  await isOffline(page)
  await page.getByText('You are offline. Go on working').waitFor()

  await page.goto(example.url('stock'))
  await page.getByTestId('stock-item').getByText('BOLT').waitFor()
  await page.goto(example.url('board'))
  await page.getByRole('button', { name: 'Edit Count the bolts' }).waitFor()
  await page.getByPlaceholder('New task').first().fill('Written on the train')
  await page.keyboard.press('Enter')
  await page.getByTestId('task').getByTestId('pending').waitFor()
  await page.getByText('1 change waiting').waitFor()
  await page.getByText('1 change is kept on this device').waitFor()

  await page.context().setOffline(false)
  await example.start()
  await isSettled(page)
  await page.getByTestId('connection-bar').waitFor({ state: 'detached' })
  expect(tasksOf(await example.stateOf<Board>('board')).map(({ title }) => title)).toEqual([
    'Count the bolts',
    'Written on the train',
  ])
})

it('asks before it is closed on changes that would be lost, and says so', async () => {
  const example = await RunningExample.start()
  const page = await openPage({ expected: /^Foldback: This device keeps nothing/ })
  const asked = askedBy(page)
  // As in a browser that forbids it.
  await page.addInitScript(() => Object.defineProperty(globalThis, 'indexedDB', { value: undefined }))
  await page.goto(example.url('#/board'))
  await isSettled(page)
  await isKept(page)
  await example.kill()
  await isOffline(page)
  await page.getByPlaceholder('New task').first().fill('Written on the train')
  await page.keyboard.press('Enter')
  await page.getByText('You are offline. Leave this page open.').waitFor()
  await page.getByText('1 change is not kept on this device.').waitFor()
  await page.reload()
  expect(asked).toEqual(['beforeunload'])
})

/** What the page says of its connection from now on, however short. */
async function connectionTexts(page: Page): Promise<() => Promise<string[]>> {
  const texts = await page.evaluateHandle(() => {
    const shown: string[] = []
    const look = (): void =>
      void shown.push(document.querySelector('[data-testid="connection"]')?.textContent ?? '')
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true })
    return shown
  })
  return () => texts.jsonValue()
}

/** The questions that a page asks; each is answered with yes. */
function askedBy(page: Page): string[] {
  const asked: string[] = []
  page.on('dialog', (dialog) => {
    asked.push(dialog.type())
    void dialog.accept()
  })
  return asked
}

it('says what a device does not have yet, where it was never connected, and takes no part for the whole', async () => {
  const example = await RunningExample.start()
  await example.dispatch(created({ id, customer: 'Ada' }))
  const page = await openPage()
  let isCut = true
  await page.routeWebSocket('**', (socket) => (isCut ? socket.close() : socket.connectToServer()))
  await page.goto(example.url())
  await page.getByText('this device has nothing of the orders to show').waitFor()
  expect(await page.getByTestId('loading').count()).toBe(0)

  await createOrder(page, 'Grace Hopper')
  await page.getByRole('link', { name: 'All orders' }).click()
  await page.getByTestId('order-row').getByText('Grace Hopper').waitFor()
  const isPartial = page.getByText('There may be others')
  await isPartial.waitFor()
  expect(await page.getByTestId('list-total').count()).toBe(0)
  expect(await page.getByText('All', { exact: true }).locator('.tab-count').count()).toBe(0)
  isCut = false
  await page.getByText('2 orders').waitFor()
  expect(await isPartial.count()).toBe(0)
})

it('says at once that it looks whether the server is there, when the network has gone', async () => {
  const example = await RunningExample.start()
  const page = await openPage()
  await page.goto(example.url())
  await isSettled(page)
  const said = await connectionTexts(page)
  await page.context().setOffline(true)
  await createOrder(page, 'Grace Hopper')
  await page.getByText('1 change waiting').waitFor()
  await isOffline(page)
  expect(await said()).toContainEqual(expect.stringContaining('Checking the connection'))
  await page.context().setOffline(false)
  await isSettled(page)
})

it('leaves a phone its page: one line says how it stands, more on a press, and no field is below it', async () => {
  const example = await RunningExample.start()
  const line = (lineId: string) => lineAdded({ id, lineId, sku: lineId, quantity: 1, unitPrice: 1 })
  await example.dispatch(created({ id, customer: 'Ada' }), ...'abcdefghij'.split('').map(line))
  const { page } = await openOrder(example)
  await page.setViewportSize({ width: 390, height: 844 })
  await isSettled(page)
  await example.kill()
  await isOffline(page)
  const bar = page.getByTestId('connection-bar')
  const more = bar.getByText('Changes are kept on this device.')
  await bar.getByText('Go on working.').waitFor()
  expect(await more.isVisible()).toBe(false)
  await bar.getByRole('button', { name: 'More' }).click()
  expect(await more.isVisible()).toBe(true)

  await page.getByRole('button', { name: 'Edit customer' }).focus()
  const bottoms: number[] = []
  for (let stop = 0; stop < 45; stop += 1) {
    await page.keyboard.press('Tab')
    const bottom = await page.evaluate(() => {
      const { activeElement } = document
      return activeElement?.closest('main') ? activeElement.getBoundingClientRect().bottom : undefined
    })
    if (bottom !== undefined) bottoms.push(bottom)
  }
  expect(bottoms.length).toBeGreaterThan(40)
  expect(Math.max(...bottoms)).toBeLessThan((await bar.boundingBox())!.y)
})

async function createOrder(page: Page, customer: string): Promise<void> {
  await page.getByRole('button', { name: 'New order' }).click()
  await page.getByRole('dialog').getByLabel('Customer').fill(customer)
  await page.getByRole('button', { name: 'Create order' }).click()
}

it('keeps what was written offline through a reload and a closed tab, and sends it once, in order', async () => {
  const example = await RunningExample.start()
  await example.dispatch(task('a', 'Count the bolts'))
  const page = await openPage()
  await page.goto(example.url())
  await isSettled(page)
  await page.goto(example.url('#/board'))
  const handle = page.getByRole('button', { name: 'Move Count the bolts', exact: true })
  await handle.waitFor()
  await isKept(page)
  await isKeptOnDevice(page)
  await example.kill()
  await page.context().setOffline(true)
  await isOffline(page)

  await handle.press('ArrowRight')
  await page.goto(example.url('#/'))
  await createOrder(page, 'Grace Hopper')
  const screen = new OrderScreen(page)
  await screen.addLine('BOLT', 4, '0.25')
  await screen.addLine('NUT', 2, '0.50')
  await screen.oneMore('BOLT')
  const { hash } = new URL(page.url())
  const written = await screen.read()
  expect(written).toMatchObject({ customer: 'Grace Hopper', total: '€2.25' })

  const expectAllThere = async (shown: Page) => {
    await shown.getByTestId('changes-waiting').getByText('5 changes waiting').waitFor()
    const order = new OrderScreen(shown)
    expect(await order.read()).toEqual(written)
    for (const sku of ['BOLT', 'NUT']) expect(await order.row(sku).getByTestId('pending').count()).toBe(1)
    await shown.goto(example.url('#/board'))
    const doing = shown.getByRole('region', { name: 'Doing' }).getByTestId('task')
    await doing.filter({ hasText: 'Count the bolts' }).getByTestId('pending').waitFor()
  }
  const asked = askedBy(page)
  await page.reload()
  await isOffline(page)
  await expectAllThere(page)
  expect(asked).toEqual([])

  const other = await openPage({ beside: page })
  await page.close()
  await other.goto(example.url(hash))
  await isOffline(other)
  await expectAllThere(other)

  await example.start()
  await other.context().setOffline(false)
  await isSettled(other)
  const orderId = decodeURIComponent(hash.replace('#/orders/', ''))
  const events = await example.events(orderId)
  expect(events.map(({ action }) => action.type)).toEqual([
    'salesOrder/created',
    'salesOrder/lineAdded',
    'salesOrder/lineAdded',
    'salesOrder/lineQuantityChanged',
  ])
  expect((await example.events('shared', 'board')).map(({ version }) => version)).toEqual([1, 2])
  expect(await other.getByTestId('pending').count()).toBe(0)
  await other.goto(example.url(hash))
  await other.getByTestId('order').waitFor()
  expect(await new OrderScreen(other).read()).toEqual(written)
})

it.each([
  ['in the order in which they wrote', [0, 1]],
  ['the other way round', [1, 0]],
] as const)('makes one order of what two people wrote offline, who come back %s', async (_, order) => {
  const example = await RunningExample.start()
  await example.dispatch(
    created({ id, customer: 'Ada' }),
    lineAdded({ id, lineId: 'bolts', sku: 'BOLT', quantity: 4, unitPrice: 25 }),
  )
  const people = [await openOrder(example), await openOrder(example)]
  for (const { page } of people) await isSettled(page)
  for (const { page } of people) await page.context().setOffline(true)
  for (const { page } of people) await isOffline(page)
  for (const [person, screen] of people.entries()) {
    await screen.addLine(`SKU-${person}`, person + 1, '2.00')
    await screen.oneMore('BOLT')
    await screen.changeCustomer(`Person ${person}`)
    await screen.waiting.getByText('3 changes waiting').waitFor()
  }
  for (const person of order) {
    await people[person]!.page.context().setOffline(false)
    await people[person]!.isSettled()
  }

  const { state } = await example.record(id)
  const last = order[1]
  expect(seen(state!)).toMatchObject({ customer: `Person ${last}`, total: '€7.25' })
  for (const screen of people)
    await expect.poll(() => screen.read(), { timeout: waitMsMax }).toEqual(seen(state!))
  expect(await example.events(id)).toHaveLength(2 + 2 * 3)
  for (const screen of people) expect(await screen.pendingMarks.count()).toBe(0)
})

it('keeps the built files and nothing else: what the doors say comes from the server or not at all', async () => {
  const example = await RunningExample.start()
  const page = await openPage()
  await page.goto(example.url())
  await isKept(page)
  await page.reload()
  const doors = ['records/salesOrder', 'events/salesOrder/1', 'metrics', 'healthz', 'readyz']
  const statusesOf = () =>
    page.evaluate(
      (paths) =>
        Promise.all(
          paths.map((path) =>
            fetch(`/${path}`).then(
              ({ ok }) => ok,
              () => 'unreachable',
            ),
          ),
        ),
      ['records/salesOrder', 'metrics', 'healthz', 'readyz'],
    )
  expect(await statusesOf()).toEqual([true, true, true, true])

  const kept = await page.evaluate(async () => {
    const caches = await Promise.all(
      (await globalThis.caches.keys()).map((name) => globalThis.caches.open(name)),
    )
    const requests = await Promise.all(caches.map((cache) => cache.keys()))
    return requests.flat().map(({ url }) => new URL(url).pathname)
  })
  expect(kept).toContain('/index.html')
  expect(kept.filter((path) => doors.some((door) => path.startsWith(`/${door}`)))).toEqual([])
  expect(
    kept.filter(
      (path) => !/^\/(index\.html|theme\.js|app\.webmanifest|icon[\w.-]*|assets\/[\w.-]+)$/.test(path),
    ),
  ).toEqual([])

  // A door opened in a window of its own shows the door, not the page.
  const window = await page.context().newPage()
  const answer = await window.goto(example.url('records/salesOrder'))
  expect(await answer?.json()).toEqual({ records: [], next: null })
})

it('lets the browser ask again for the page, and keep the files whose names change with their content', async () => {
  const example = await RunningExample.start()
  const cached = async (path: string) => (await fetch(example.url(path))).headers.get('cache-control')
  const html = await (await fetch(example.url())).text()
  const script = /src="\/(assets\/[^"]+)"/.exec(html)?.[1] ?? ''
  for (const path of ['', 'index.html', 'board', 'service-worker.js', 'app.webmanifest', 'icon.svg']) {
    expect([path, await cached(path)]).toEqual([path, 'no-cache'])
  }
  expect(await cached(script)).toBe('public, max-age=31536000, immutable')
  expect((await fetch(example.url('app.webmanifest'))).headers.get('content-type')).toContain('manifest+json')
})

it('offers a new version as soon as it is on the device, and has nothing left of the old one', async () => {
  const site = await Site.start()
  const page = await openPage()
  await page.goto(site.url)
  await isKept(page)
  const cacheNames = () => page.evaluate(() => caches.keys())
  const old = await cacheNames()
  expect(old).toHaveLength(1)

  await site.release('second')
  await page.evaluate(async () => void (await (await navigator.serviceWorker.ready).update()))
  const reload = page.getByRole('button', { name: 'Reload for the new version' })
  await reload.waitFor()
  await expect.poll(cacheNames, { timeout: waitMsMax }).toEqual(['page-second'])

  await site.stop()
  await reload.click()
  await page.locator('html[data-release="second"]').waitFor({ state: 'attached' })
  await page.getByRole('heading', { name: 'Orders' }).waitFor()
  expect(await reload.count()).toBe(0)
})

/** The built page without the rest of the server, of which there can be another version. */
class Site {
  readonly url: string
  readonly #dir: string
  readonly stop: () => Promise<void>

  private constructor(dir: string, port: number, stop: () => Promise<void>) {
    this.#dir = dir
    this.url = `http://localhost:${port}/`
    this.stop = stop
  }

  static async start(): Promise<Site> {
    const dir = await mkdtemp(join(tmpdir(), 'sales-order-page-'))
    await cp(new URL('dist', import.meta.url), dir, { recursive: true })
    const server = createServer(sirv(dir, { single: true, dev: true })).listen(0)
    await once(server, 'listening')
    const stop = async () => {
      server.closeAllConnections()
      if (server.listening) await new Promise((resolve) => server.close(resolve))
    }
    onTestFinished(async () => {
      await stop()
      await rm(dir, { recursive: true })
    })
    return new Site(dir, (server.address() as AddressInfo).port, stop)
  }

  async release(name: string): Promise<void> {
    await this.#edit('index.html', (text) => text.replace('<html', `<html data-release="${name}"`))
    await this.#edit('service-worker.js', (text) => text.replace(/"version":"\w+"/, `"version":"${name}"`))
  }

  async #edit(file: string, change: (text: string) => string): Promise<void> {
    const path = join(this.#dir, file)
    await writeFile(path, change(await readFile(path, 'utf8')))
  }
}
