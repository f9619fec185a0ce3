import { once } from 'node:events'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import sirv from 'sirv'
import { expect, it, onTestFinished } from 'vitest'
import { openPage, useBrowser, waitMsMax } from './testing/people.ts'
import { RunningExample } from './testing/running-example.ts'

useBrowser()

/** Until the page is kept on the device. */
const isKept = (page: Page) => page.evaluate(async () => void (await navigator.serviceWorker.ready))

it('opens and reloads without a server and without any network, and says that it is offline', async () => {
  const example = await RunningExample.start()
  const page = await openPage()
  await page.goto(example.url())
  await page.getByRole('status').getByText('Live').waitFor()
  await isKept(page)

  await example.kill()
  await page.context().setOffline(true)
  await page.reload()
  await page.getByRole('heading', { name: 'Orders' }).waitFor()
  await page.getByRole('status').getByText('Offline').waitFor()
  await page.getByText('There is no connection to the server.').waitFor()

  await page.goto(example.url('board'))
  await page.getByRole('heading', { name: 'Board' }).waitFor()
  await page.getByPlaceholder('New task').first().fill('Written on the train')
  await page.keyboard.press('Enter')
  await page.getByTestId('task').getByTestId('pending').waitFor()
  await page.getByText('1 change waiting').waitFor()

  await page.context().setOffline(false)
  await example.start()
  await page.getByRole('status').getByText('Live').waitFor()
  await page.getByTestId('changes-waiting').waitFor({ state: 'detached' })
  expect(await example.stateOf('board')).toMatchObject({ ids: [expect.any(String)] })
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
    kept.filter((path) => !/^\/(index\.html|app\.webmanifest|icon[\w.-]*|assets\/[\w.-]+)$/.test(path)),
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
