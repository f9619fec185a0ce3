import 'fake-indexeddb/auto'
import { outboxContract } from '@foldback/testkit'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { indexedDb } from './indexeddb.ts'

let count = 0

afterEach(() => {
  vi.unstubAllGlobals()
})

/** IndexedDB's rules, written again in JavaScript; the browser's own are tried in a browser. */
describe.each([
  ['indexedDb', {}],
  ['indexedDb in a page that came by plain http, without Web Locks', { navigator: {} }],
])('%s', (_, globals) => {
  it.for(outboxContract.map(({ name, run }) => [name, run] as const))('%s', async ([, run]) => {
    for (const [name, value] of Object.entries(globals)) vi.stubGlobal(name, value)
    const name = `foldback-${++count}`
    const make = async () => ({ storage: indexedDb(name), reopen: async () => indexedDb(name) })
    await expect(run(make)).resolves.toBeUndefined()
  })
})
