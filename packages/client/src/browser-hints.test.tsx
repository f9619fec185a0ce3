import { afterEach, expect, it, vi } from 'vitest'
import { browserPorts } from './browser-ports.ts'

/* In a document: what a browser says of its network becomes hints. */

afterEach(() => vi.restoreAllMocks())

function listen(): { readonly hints: string[]; readonly stop: () => void } {
  const hints: string[] = []
  return { hints, stop: browserPorts.hints!((hint) => hints.push(hint)) }
}

it('tells what happens to the network, and when the page is looked at again', () => {
  const { hints, stop } = listen()
  for (const name of ['offline', 'online', 'pageshow']) window.dispatchEvent(new Event(name))
  document.dispatchEvent(new Event('visibilitychange'))
  expect(hints).toEqual(['offline', 'online', 'visible', 'visible'])
  stop()
})

it('tells nothing of a page that is hidden', () => {
  const { hints, stop } = listen()
  vi.spyOn(document, 'hidden', 'get').mockReturnValue(true)
  document.dispatchEvent(new Event('visibilitychange'))
  expect(hints).toEqual([])
  stop()
})

it('tells at once that there is no network', () => {
  vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false)
  const { hints, stop } = listen()
  expect(hints).toEqual(['offline'])
  stop()
})

it('tells nothing any more when it is stopped', () => {
  const { hints, stop } = listen()
  stop()
  for (const name of ['offline', 'online', 'pageshow']) window.dispatchEvent(new Event(name))
  document.dispatchEvent(new Event('visibilitychange'))
  expect(hints).toEqual([])
})
