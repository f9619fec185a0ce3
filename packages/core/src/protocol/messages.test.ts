import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type DownMessage, readDownMessage } from './down.ts'
import { readUpMessage, type UpMessage } from './up.ts'

const action = {
  type: 'order/created',
  payload: { id: '1' },
  meta: { foldback: { id: 'a1', at: 5, actor: 'ann' } },
}
const wireEvent = { id: 'a1', version: 1, seq: 9, action, actor: 'ann', receivedAt: 6 }

/** One good message of each type, and others of it whose optional parts differ. */
const up: { readonly [Type in UpMessage['type']]: readonly Extract<UpMessage, { type: Type }>[] } = {
  hello: [
    { type: 'hello', protocol: 1, models: { order: 1 }, lanes: [{ lane: 'L', settled: 3 }], token: 't' },
    { type: 'hello', protocol: 1, models: {}, lanes: [] },
  ],
  subscribe: [
    { type: 'subscribe', model: 'order', id: '1', since: { version: 3, id: 'a3' } },
    { type: 'subscribe', model: 'order', sinceLog: { seq: 3, id: 'a3' } },
    { type: 'subscribe', model: 'order' },
  ],
  unsubscribe: [
    { type: 'unsubscribe', model: 'order', id: '1' },
    { type: 'unsubscribe', model: 'order' },
  ],
  push: [{ type: 'push', lane: 'L', n: 1, actions: [action, null, 'not looked at yet'] }],
  ping: [{ type: 'ping' }],
  token: [{ type: 'token', token: 't' }, { type: 'token' }],
  check: [
    { type: 'check', model: 'order', id: '1', version: 2, eventId: 'a2', hash: '1omwfhr5hyy' },
    { type: 'check', model: 'board', version: 2, eventId: 'a2', hash: '1omwfhr5hyy' },
  ],
}
const down: { readonly [Type in DownMessage['type']]: readonly Extract<DownMessage, { type: Type }>[] } = {
  welcome: [
    {
      type: 'welcome',
      actor: 'ann',
      time: 5,
      models: { order: 1 },
      history: 'h',
      lanes: [{ lane: 'L', mark: 3, refusals: [{ n: 2, code: 'refused', message: 'No.' }] }],
      frameBytesMax: 1024,
      silentMsMax: 60_000,
      expiresAt: 9,
    },
    {
      type: 'welcome',
      actor: 'ann',
      time: 5,
      models: {},
      history: 'h',
      lanes: [],
      frameBytesMax: 1024,
    },
  ],
  settled: [
    { type: 'settled', lane: 'L', from: 1, to: 2, places: [{ model: 'order', id: '1', version: 4 }] },
  ],
  rejected: [
    { type: 'rejected', lane: 'L', n: 1, final: true, code: 'refused', message: 'No.' },
    { type: 'rejected', lane: 'L', n: 1, final: false, code: 'busy', message: 'Later.', retryAfterMs: 5 },
  ],
  events: [
    { type: 'events', model: 'order', id: '1', events: [wireEvent, { ...wireEvent, lane: 'L', n: 1 }] },
  ],
  snapshot: [
    { type: 'snapshot', model: 'order', id: '1', version: 0, eventId: '', state: null, marks: { L: 3 } },
    { type: 'snapshot', model: 'order', id: '1', version: 2, eventId: 'a2', state: { id: '1' }, marks: {} },
  ],
  gone: [{ type: 'gone', model: 'order', id: '1' }],
  synced: [{ type: 'synced', model: 'order', complete: true, position: { seq: 0, id: '' } }],
  problem: [
    { type: 'problem', code: 'internal', message: 'It failed.', model: 'order', id: '1' },
    { type: 'problem', code: 'internal', message: 'It failed.' },
  ],
  pong: [{ type: 'pong' }],
  renewed: [{ type: 'renewed', expiresAt: 9 }, { type: 'renewed' }],
  diverged: [{ type: 'diverged', model: 'order', id: '1', version: 2, hash: '1omwfhr5hyy', modelVersion: 1 }],
}
const directions = [
  ['up', up, readUpMessage],
  ['down', down, readDownMessage],
] as const

/** What is carried without being looked at: any value of it is as good. */
const unchecked = new Set(['state', 'payload', 'meta'])
/** Wrong in every field there is: no text, no name, no count, no list, no object, no boolean. */
const wrong = Symbol('wrong') as unknown

/** Each message that differs from a good one in one field, at any depth; absent fields that are optional left out. */
function* mutations(value: unknown, path: string): Generator<readonly [string, unknown]> {
  if (typeof value !== 'object' || value === null) return
  for (const [key, field] of Object.entries(value)) {
    const at = `${path}.${key}`
    if (unchecked.has(key) || (path.startsWith('push') && path.includes('actions'))) continue
    const replace = (by: unknown): unknown =>
      Array.isArray(value) ? value.with(Number(key), by) : { ...value, [key]: by }
    if (!path.endsWith('.actions') && !path.endsWith('action')) yield [at, replace(wrong)]
    for (const [deeper, mutated] of mutations(field, at)) yield [deeper, replace(mutated)]
  }
}

/** Other ways in which a field of that kind can be wrong. */
function* wrongValues(value: unknown): Generator {
  if (typeof value === 'number') yield* [-1, 1.5, Number.NaN, 2 ** 53, '1', null]
  else if (typeof value === 'string') yield* [1, null, [], {}]
  else if (typeof value === 'boolean') yield* [0, 'true', null]
  else if (Array.isArray(value)) yield* [{}, null, 'list', 1]
  else yield* [[], null, 'object', 1]
}

describe.each(directions)('a message going %s', (_direction, messages, read) => {
  const all = Object.values(messages).flat()

  it.each(all.map((message) => [message.type, message]))(
    'is read as it was written: %s',
    (_type, message) => {
      expect(read(JSON.parse(JSON.stringify(message)))).toEqual(message)
    },
  )

  it('is read without fields that are not of it', () => {
    for (const message of all) expect(read({ ...message, more: 1 })).toEqual(message)
  })

  it.each(all.flatMap((message) => [...mutations(message, message.type)]))(
    'is refused with a wrong %s',
    (_at, mutated) => {
      expect(read(mutated)).toBeUndefined()
    },
  )

  it('is refused with any wrong kind of value in any of its fields', () => {
    for (const message of all) {
      for (const [key, value] of Object.entries(message)) {
        if (unchecked.has(key)) continue
        for (const other of wrongValues(value))
          expect(read({ ...message, [key]: other }), `${message.type}.${key}`).toBeUndefined()
      }
    }
  })

  it('is refused without a field that must be there', () => {
    const optional = new Set([
      'token',
      'id',
      'since',
      'sinceLog',
      'model',
      'silentMsMax',
      'expiresAt',
      'retryAfterMs',
    ])
    const hasOptional = new Set([
      'hello',
      'subscribe',
      'unsubscribe',
      'problem',
      'check',
      'token',
      'welcome',
      'renewed',
      'rejected',
    ])
    for (const message of all) {
      for (const key of Object.keys(message)) {
        const isOptional = optional.has(key) && hasOptional.has(message.type)
        if (isOptional && !(key === 'model' && message.type !== 'problem')) continue
        const { [key as 'type']: _left, ...rest } = message
        expect(read(rest), `${message.type} without ${key}`).toBeUndefined()
      }
    }
  })

  it.each([
    null,
    undefined,
    1,
    'hello',
    [],
    {},
    { type: 1 },
    { type: '' },
    { type: 'toString' },
    { type: '__proto__' },
  ])('is not %j', (value) => expect(read(value)).toBeUndefined())

  it('is never an exception, whatever JSON comes', () => {
    const types = fc.constantFrom(...Object.keys(messages))
    const names = [...new Set(all.flatMap((message) => Object.keys(message)))].filter(
      (name) => name !== 'type',
    )
    const fields = fc.dictionary(fc.constantFrom(...names), fc.jsonValue())
    fc.assert(
      fc.property(
        fc.oneof(
          fc.jsonValue(),
          fc.tuple(types, fields).map(([type, rest]) => ({ ...rest, type })),
        ),
        (value) => {
          const message = read(JSON.parse(JSON.stringify(value)))
          expect(message && read(message)).toEqual(message)
        },
      ),
    )
  })
})

describe('a message of the other side', () => {
  it('is not read', () => {
    for (const message of Object.values(up).flat()) expect(readDownMessage(message)).toBeUndefined()
    for (const message of Object.values(down).flat()) expect(readUpMessage(message)).toBeUndefined()
  })
})

describe('names and counts', () => {
  it('have bounds', () => {
    const [gone] = down.gone
    expect(readDownMessage({ ...gone, id: 'x'.repeat(200) })).toBeDefined()
    expect(readDownMessage({ ...gone, id: 'x'.repeat(201) })).toBeUndefined()
    expect(readDownMessage({ ...gone, id: '' })).toBeUndefined()
    expect(readUpMessage({ ...up.push[0], n: 0 })).toBeUndefined()
  })
})
