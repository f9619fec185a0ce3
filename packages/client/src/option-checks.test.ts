import { defineModel } from '@foldback/core'
import { describe, expect, it } from 'vitest'
import { FakeServer } from '../../../test-support/fake-server.ts'
import { created, models, noteSlice, orderSlice } from '../../../test-support/order-models.ts'
import { createUser } from '../../../test-support/store-user.ts'
import { createSync } from './create-sync.ts'
import { checkOptions as checkInPages } from './no-development.ts'
import { indexedDb } from './outbox/indexeddb.ts'

/* Mistakes that the type checker names too, and that reach those who do not ask it, or tell it to be quiet. */

const [orders, note] = models
const url = 'ws://localhost:4000'
const untyped = createSync as unknown as (options?: unknown) => unknown

describe('createSync', () => {
  it.each<[string, unknown, RegExp]>([
    ['nothing', undefined, /such as \{ url, models \}/],
    ['an option that there is not', { url, model: models }, /no option model; there are url, models,/],
    ['no models', { url }, /models must be a list/],
    ['a model in the place of a list', { url, models: note }, /models must be a list/],
    ['models by name', { url, models: { note } }, /models must be a list/],
    ['a slice', { url, models: [noteSlice] }, /not a model yet: defineModel\(slice\)/],
    ['a model twice', { url, models: [note, note] }, /two models are named note; list a model once/],
    [
      'two slices of one name',
      { url, models: [note, defineModel({ ...noteSlice }, { stream: 'user' })] },
      /two models are named note;.* a name of its own/,
    ],
    ['no url', { models }, /url is missing/],
    ['a url of http', { models, url: 'http://localhost:4000' }, /is at ws:\/\/localhost:4000/],
    ['a url of https', { models, url: 'https://example.com/x' }, /is at wss:\/\/example\.com\/x/],
    ['a url of nothing known', { models, url: 'localhost:4000' }, /must begin with ws:\/\/ or wss:\/\//],
    ['a url that is no address', { models, url: 'ws://local host' }, /is no address/],
    ['a limit that there is not', { url, models, limits: { retryMS: 1 } }, /named retryMS;.* retryMsMin/],
    ['a limit in words', { url, models, limits: { keepMs: '1s' } }, /keepMs must be a whole number from 0/],
    ['a limit below 0', { url, models, limits: { keepMs: -1 } }, /keepMs must be a whole number from 0/],
    ['limits that are none', { url, models, limits: 7 }, /limits must be an object/],
    [
      'an outbox that was not called',
      { url, models, outbox: indexedDb },
      /call it, as in outbox: indexedDb\(\)/,
    ],
    ['the name of an outbox', { url, models, outbox: 'indexedDb' }, /must be what indexedDb\(\)/],
    ['a token that cannot be asked for', { url, models, token: 'abc' }, /token: \(\) => …/],
    ['a user that cannot be asked for', { url, models, user: 'ann' }, /user must be a function/],
    ['a list of local actions', { url, models, local: ['note/written'] }, /local must be a function/],
    ['no listener', { url, models, onDiverged: true }, /onDiverged must be a function/],
  ])('names %s, and says what to do', (_name, options, message) => {
    expect(() => untyped(options)).toThrow(
      expect.objectContaining({ code: 'misconfigured', message: expect.stringMatching(message) }),
    )
  })

  it('takes 0 for a limit, and what is not said', () => {
    expect(() => createSync({ url, models, limits: { checkMs: 0 } })).not.toThrow()
  })

  it('tells a page in production by a code that there are no models', () => {
    const misconfigured = expect.objectContaining({ code: 'misconfigured' })
    expect(() => checkInPages({}, {})).toThrow(misconfigured)
    expect(() => checkInPages(undefined, {})).toThrow(misconfigured)
    expect(() => checkInPages({ models }, {})).not.toThrow()
  })
})

describe('what a sync is asked about', () => {
  const server = new FakeServer()
  const { sync, dispatch } = createUser(server)
  const ask = sync as unknown as { [name: string]: (...given: unknown[]) => unknown }
  const stranger = defineModel({ ...noteSlice, name: 'stranger' })

  it.each(['record', 'subscribe', 'isLoaded', 'pending'])(
    '%s names a model that it was not given',
    (name) => {
      expect(() => ask[name]!(stranger)).toThrow(/createSync was given no model stranger; add it to models/)
      expect(() => ask[name]!(noteSlice)).toThrow(/not its slice or its name/)
      expect(() => ask[name]!('note')).toThrow(/not its slice or its name/)
    },
  )

  it('names a missing id, and one that is no string', () => {
    expect(() => ask['record']!(orders)).toThrow(
      /the id is missing: the model order has one record for each id/,
    )
    expect(() => ask['record']!(orders, 7)).toThrow(/is a string, not number/)
    expect(() => ask['subscribe']!(orders, 7)).toThrow(/is a string, not number/)
  })

  it('takes a model that was made twice for the same', () => {
    dispatch(created('1'))
    const twin = defineModel(orderSlice, { streamId: (action) => action.payload.id })
    expect(sync.record(twin, '1')).toMatchObject({ customer: 'Ada' })
    expect(sync.pending(twin, '1')).toHaveLength(1)
  })

  it('asks the server once for all records of a model that was made twice', async () => {
    const twin = defineModel(orderSlice, { streamId: (action) => action.payload.id })
    const page = createUser(server)
    page.sync.connect()
    await server.welcome()
    server.connection.frames.length = 0
    page.sync.subscribe(orders)
    page.sync.subscribe(twin)
    await server.run(0)
    expect(server.connection.take('subscribe')).toHaveLength(1)
    server.connection.say({ type: 'synced', model: 'order', complete: true, position: { seq: 0, id: '' } })
    expect(page.sync.isLoaded(orders)).toBe(true)
    expect(page.sync.isLoaded(twin)).toBe(true)
    page.sync.disconnect()
  })

  it.each(['', '__proto__', 'x'.repeat(201)])(
    'knows that no record has the id %j, and asks nobody',
    async (id) => {
      sync.connect()
      await server.welcome()
      server.connection.frames.length = 0
      expect(sync.record(orders, id)).toBeNull()
      const release = sync.subscribe(orders, id)
      await server.run(0)
      expect(server.connection.frames).toEqual([])
      expect(release).not.toThrow()
      sync.disconnect()
    },
  )

  it('says of what was never dispatched that it has no outcome, whatever it is', async () => {
    const notDispatched = { code: 'not-dispatched' }
    await expect(sync.settled(created('9'))).rejects.toMatchObject(notDispatched)
    await expect(ask['settled']!(undefined)).rejects.toMatchObject(notDispatched)
    expect(() => ask['discard']!(undefined)).toThrow(expect.objectContaining(notDispatched))
  })

  it('names what cannot be tried again', () => {
    expect(() => ask['retry']!(created('9'))).toThrow(/give retry one of sync\.rejected/)
  })
})
