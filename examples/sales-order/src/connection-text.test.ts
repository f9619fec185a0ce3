import type { SyncStatus } from '@foldback/client'
import { expect, it } from 'vitest'
import { connectionText } from './connection-text.ts'

const status = (change: Partial<SyncStatus>): SyncStatus => ({
  phase: 'connected',
  pending: 0,
  queued: 0,
  storage: 'durable',
  actor: 'Ada',
  retryAt: undefined,
  error: undefined,
  isOutdated: false,
  ...change,
})
const error = (code: string) => ({ code, message: 'For those who write an app.' })
const offline = (change: Partial<SyncStatus>) => connectionText(status({ phase: 'waiting', ...change }), true)

it('says nothing while all is well, and nothing of a device that keeps nothing before something waits', () => {
  expect(connectionText(status({}), false)).toBeUndefined()
  const unkept = status({ storage: 'page', error: error('outbox-unavailable') })
  expect(connectionText(unkept, false)).toBeUndefined()
})

it.each(['outbox-failed', 'busy', 'history-lost', 'newer-version', 'forbidden', 'a-code-of-tomorrow'])(
  'has words of its own for %s',
  (code) => {
    const { head, more } = connectionText(status({ error: error(code) }), false)!
    expect(`${head} ${more}`).not.toContain('write an app')
    expect(head.length).toBeLessThan(52)
  },
)

it('says where changes are that were written offline', () => {
  expect(offline({ pending: 1, queued: 1 })).toEqual({
    head: 'Offline: 1 change is kept on this device.',
    more: 'The server gets it when the connection is back.',
  })
  expect(offline({ pending: 2, queued: 2, storage: 'best-effort' })?.more).toContain('may delete them')
})

it.each([
  ['page' as const, undefined],
  ['durable' as const, error('outbox-failed')],
])('asks to leave the page open while its changes are nowhere else (%s)', (storage, failure) => {
  const text = offline({ pending: 2, queued: 1, storage, error: failure })
  expect(text?.head).toBe('You are offline. Leave this page open.')
  expect(text?.more).toContain(storage === 'page' ? '2 changes are not kept' : '1 change is not kept')
})

it('alarms nobody for the moment in which a change is being written', () => {
  expect(offline({ pending: 2, queued: 1 })?.head).toBe('Offline: 1 change is kept on this device.')
})
