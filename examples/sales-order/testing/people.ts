import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished } from 'vitest'
import { executableOf } from '../../../test-support/requirements.ts'

const flags = [
  '--no-sandbox',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Pages of elsewhere come from this machine too, by names of their own.
  '--host-resolver-rules=MAP *.example 127.0.0.1',
]

export const waitMsMax = 15_000

let browser: Browser | undefined

/** For a test file in which people use the example. */
export function useBrowser(): void {
  beforeAll(async () => {
    // What runs here is what `npm start` runs: the compiled packages and the built page, as of now.
    execFileSync(process.execPath, [fileURLToPath(new URL('../../../scripts/prepare.mjs', import.meta.url))])
    browser = await chromium.launch({ executablePath: executableOf('browser'), args: flags })
  })
  afterAll(() => browser?.close())
}

/** Until what is shown of a model in full has been written down on the device, which is done now and then. */
export const isKeptOnDevice = (page: Page, model = 'salesOrder') =>
  expect
    .poll(() => keysOnDevice(page, 'listing/'), { timeout: waitMsMax })
    .toContainEqual(expect.stringMatching(`/${model}$`))

/** The keys of what the device has written down, those that begin so. */
export async function keysOnDevice(page: Page, prefix: string): Promise<string[]> {
  const keys = await page.evaluate(allKeys)
  return keys.filter((key) => key.startsWith(prefix))
}

/** Runs in the page. */
async function allKeys(): Promise<string[]> {
  const opened = indexedDB.open('foldback')
  await new Promise((resolve) => opened.addEventListener('success', resolve))
  const keys = opened.result.transaction('rows').objectStore('rows').getAllKeys()
  await new Promise((resolve) => keys.addEventListener('success', resolve))
  opened.result.close()
  return keys.result.map(String)
}

interface PageOptions {
  /** Another tab beside this one, in the same browser. */
  beside?: Page
  /** What may be said in the console. */
  expected?: RegExp
}

/** A page in a browser of its own, as another person has. The test fails if anything is said in its console. */
export async function openPage({ beside, expected }: PageOptions = {}): Promise<Page> {
  const context = beside?.context() ?? (await browser!.newContext({ viewport: { width: 1280, height: 800 } }))
  const page = await context.newPage()
  page.setDefaultTimeout(waitMsMax)
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    // Chromium itself reports each connection that could not be made; the example cannot know that before it tries.
    if (/^WebSocket connection to .* failed/.test(message.text())) return
    if (expected?.test(message.text())) return
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
  })
  onTestFinished(async () => {
    await context.close()
    expect(complaints).toEqual([])
  })
  return page
}
