import 'fake-indexeddb/auto'
import { outboxContract } from '@foldback/testkit'
import { describe, expect, it } from 'vitest'
import { indexedDb } from './indexeddb.ts'

/** IndexedDB's rules, written again in JavaScript; the browser's own are tried in a browser. */
describe('indexedDb', () => {
  let count = 0
  it.for(outboxContract.map(({ name, run }) => [name, run] as const))('%s', async ([, run]) => {
    const name = `foldback-${++count}`
    const make = async () => ({ storage: indexedDb(name), reopen: async () => indexedDb(name) })
    await expect(run(make)).resolves.toBeUndefined()
  })
})
