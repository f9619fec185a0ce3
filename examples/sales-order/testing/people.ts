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

/** A page in a browser of its own, as another person has. The test fails if anything is said in its console. */
export async function openPage(): Promise<Page> {
  const context = await browser!.newContext({ viewport: { width: 1280, height: 800 } })
  const page = await context.newPage()
  page.setDefaultTimeout(waitMsMax)
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    // Chromium itself reports each connection that could not be made; the example cannot know that before it tries.
    if (/^WebSocket connection to .* failed/.test(message.text())) return
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
  })
  onTestFinished(async () => {
    await context.close()
    expect(complaints).toEqual([])
  })
  return page
}
