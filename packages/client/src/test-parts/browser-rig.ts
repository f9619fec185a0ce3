import { type Browser, type BrowserContext, type CDPSession, chromium, type Page } from 'playwright-core'
import type { SyncStatus } from '@foldback/client'
import type { UnknownAction } from '@reduxjs/toolkit'
import { expect, onTestFinished } from 'vitest'
import { executableOf } from '../../../../test-support/requirements.ts'
import type { PageApp } from './browser-page.ts'
import { bundlePage } from './page-bundle.ts'
import type { ServerProcess } from './server-process.ts'
import { Wire } from './wire.ts'

/*
 * Devices and tabs of a real Chromium for the browser tests. The page itself is always to be had, as one that a
 * service worker keeps; the server is behind a wire of the device's own.
 */

/** A secure context, as IndexedDB, locks and storage ask for, without a certificate. */
const origin = 'http://app.localhost'

const waitMsMax = 10_000
const limitsOfPages = { retryMsMin: 20, retryMsMax: 200, adoptMs: 100, cacheMs: 20 }

const permissions = ['local-network-access']
const launchOptions = () => ({
  executablePath: executableOf('browser'),
  args: ['--no-sandbox', '--disable-quic'],
})

/** Chromium, and the app that its tabs open. */
export class BrowserRig {
  readonly #browser: Browser
  readonly #script: string

  private constructor(browser: Browser, script: string) {
    this.#browser = browser
    this.#script = script
  }

  static async start(): Promise<BrowserRig> {
    const [browser, script] = await Promise.all([chromium.launch(launchOptions()), bundlePage()])
    return new BrowserRig(browser, script)
  }

  close(): Promise<void> {
    return this.#browser.close()
  }

  /** A device that keeps things in memory, as a private window does. */
  async device(server: ServerProcess): Promise<Device> {
    return this.#deviceIn(await this.#browser.newContext({ permissions }), server)
  }

  /** A device with a browser of its own, which keeps things in a folder. */
  async deviceOnDisk(server: ServerProcess, folder: string): Promise<Device> {
    const options = { ...launchOptions(), permissions }
    return this.#deviceIn(await chromium.launchPersistentContext(folder, options), server)
  }

  async #deviceIn(context: BrowserContext, server: ServerProcess): Promise<Device> {
    const wire = await Wire.between(() => server.port)
    await context.route(`${origin}/**`, (route) => {
      const isScript = route.request().url().endsWith('.js')
      const page = '<!doctype html><title>Orders</title><body></body><script src="/page.js"></script>'
      return route.fulfill(
        isScript
          ? { contentType: 'text/javascript', body: this.#script }
          : { contentType: 'text/html', body: page },
      )
    })
    const device = new Device(context, wire)
    onTestFinished(() => device.close())
    return device
  }
}

export interface TabOptions {
  /** @default 'ann' */
  readonly user?: string
  readonly limits?: object
  /** False: the app connects when the test says so. */
  readonly connect?: false
}

/** What is one device to the user: tabs that share what the browser keeps. */
export class Device {
  readonly context: BrowserContext
  readonly #wire: Wire
  #storageSession: CDPSession | undefined

  constructor(context: BrowserContext, wire: Wire) {
    this.context = context
    this.#wire = wire
  }

  async open(options: TabOptions = {}): Promise<Tab> {
    const tab = new Tab(await this.context.newPage())
    await tab.goto(this.#address(options))
    return tab
  }

  #address({ user = 'ann', limits, connect }: TabOptions): string {
    const query = new URLSearchParams({
      port: String(this.#wire.port),
      user,
      limits: JSON.stringify({ ...limitsOfPages, ...limits }),
      ...(connect === false && { connect: 'no' }),
    })
    return `${origin}/?${query.toString()}`
  }

  /** Nothing gets through any more, and what is open breaks. */
  async offline(): Promise<void> {
    await this.context.setOffline(true)
    this.#wire.cut()
  }

  async online(): Promise<void> {
    this.#wire.mend()
    await this.context.setOffline(false)
  }

  /**
   * The browser keeps no more than so many bytes for the app; undefined: as many as it has. What it has once granted it
   * remembers for a while, so a bound is to be set before the first tab opens.
   */
  async limitStorage(quotaSize: number | undefined): Promise<void> {
    // The limit holds for as long as the session does.
    this.#storageSession ??= await this.context.newCDPSession(await this.context.newPage())
    const limit = { origin, ...(quotaSize !== undefined && { quotaSize }) }
    await this.#storageSession.send('Storage.overrideQuotaForOrigin', limit)
  }

  async close(): Promise<void> {
    await this.context.close()
    this.#wire.remove()
  }
}

export class Tab {
  readonly page: Page

  constructor(page: Page) {
    this.page = page
  }

  async goto(address: string): Promise<void> {
    await this.page.goto(address, { waitUntil: 'commit' })
    await this.#isThere()
  }

  async reload(): Promise<void> {
    await this.page.reload({ waitUntil: 'commit' })
    await this.#isThere()
  }

  async #isThere(): Promise<void> {
    await this.page.waitForFunction(() => 'app' in window, undefined, { polling: 10, timeout: waitMsMax })
  }

  /** As another user, from a page of their own. */
  async reloadAs(user: string): Promise<void> {
    const address = new URL(this.page.url())
    address.searchParams.set('user', user)
    await this.goto(address.href)
  }

  dispatch(...actions: readonly UnknownAction[]): Promise<void> {
    return this.page.evaluate((all) => all.forEach((action) => window.app.dispatch(action)), actions)
  }

  signIn(user: string): Promise<void> {
    return this.page.evaluate((name) => window.app.signIn(name), user)
  }

  ask<Answer>(question: (app: PageApp) => Answer): Promise<Awaited<Answer>> {
    return this.page.evaluate<Awaited<Answer>>(`(${String(question)})(window.app)`)
  }

  get status(): Promise<SyncStatus> {
    return this.ask(({ sync }) => sync.status)
  }

  /** What is written on the page. */
  get text(): Promise<string> {
    return this.page.evaluate(() => document.body.innerText)
  }

  async until(status: Partial<SyncStatus> | { readonly error: object }): Promise<void> {
    await expect.poll(() => this.status, { timeout: waitMsMax, interval: 15 }).toMatchObject(status)
  }

  /** So many actions wait, all of them safe on the device. */
  hasQueued(count: number): Promise<void> {
    return this.until({ pending: count, queued: count })
  }

  /** Connected, with nothing pending. */
  isSettled(): Promise<void> {
    return this.until({ phase: 'connected', pending: 0 })
  }

  /** How many actions the device keeps for its pages, of whichever tab. */
  get keptCount(): Promise<number> {
    return this.page.evaluate(async () => {
      const answer = <Result>(request: IDBRequest<Result>): Promise<Result> =>
        new Promise((resolve) => request.addEventListener('success', () => resolve(request.result)))
      const database = await answer(indexedDB.open('foldback'))
      const rows = database.transaction('rows').objectStore('rows')
      const count = await answer(rows.count(IDBKeyRange.bound('action/', 'action/~')))
      database.close()
      return count
    })
  }

  async shows(text: string): Promise<void> {
    await expect.poll(() => this.text, { timeout: waitMsMax, interval: 15 }).toContain(text)
  }

  /**
   * Not one task of the page runs any more, as in a tab that the browser has frozen, until the returned function is
   * called. (`Page.setWebLifecycleState` does nothing to a page that is visible, as all are without a screen.) The page
   * must be at rest, because a browser freezes none that has a transaction open.
   */
  async freeze(): Promise<() => Promise<void>> {
    const session = await this.page.context().newCDPSession(this.page)
    const isPaused = new Promise<void>((resolve) => session.once('Debugger.paused', () => resolve()))
    await session.send('Debugger.enable')
    // It stops where something runs: here, and not in the app.
    await this.page.evaluate(() => void setInterval(() => {}, 5))
    await session.send('Debugger.pause')
    await isPaused
    return async () => {
      await session.send('Debugger.resume')
      await session.detach()
    }
  }

  /** The whole browser is gone from one moment to the next. */
  async crashBrowser(): Promise<void> {
    const context = this.page.context()
    const closed = context.waitForEvent('close')
    const session = await context.newCDPSession(this.page)
    // It never answers.
    session.send('Browser.crash').catch(() => {})
    await closed
  }

  /** The renderer is gone from one moment to the next; nothing on the page runs any more, such as what closes things. */
  async crash(): Promise<void> {
    const crashed = this.page.waitForEvent('crash')
    const session = await this.page.context().newCDPSession(this.page)
    // It never answers.
    session.send('Page.crash').catch(() => {})
    await crashed
    await this.page.close()
  }
}
