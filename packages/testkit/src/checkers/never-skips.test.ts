import { beforeEach, describe, expect, it } from 'vitest'
import { Conversation } from '../workload/conversation.ts'
import { History } from '../workload/history.ts'
import { NeverSkips } from './never-skips.ts'
import { BrokenPromise } from './promises.ts'

const conversation = new Conversation(1, undefined)
const ref = { model: 'order', id: '1' } as const

let history: History
let checker: NeverSkips

beforeEach(async () => {
  history = new History({ seed: 1, faults: new Set() })
  await history.start()
  checker = new NeverSkips(history)
})

/** The server tells of an event with each of these versions. */
function tell(...versions: readonly number[]): void {
  const events = versions.map((version) => ({
    id: `event ${version}`,
    version,
    seq: version,
    actor: 'ann',
    receivedAt: 0,
    action: { type: 'order/created', meta: { foldback: { id: `event ${version}`, at: 0, actor: 'ann' } } },
  }))
  checker.sent({ direction: 'down', conversation, messages: [{ type: 'events', ...ref, events }] })
}

function subscribe(version: number): void {
  const message = { type: 'subscribe', ...ref, since: { version, id: `event ${version}` } } as const
  checker.sent({ direction: 'up', conversation, messages: [message] })
}

describe('a client that subscribes to a record when it has not heard yet of all that it was told by a listing', () => {
  beforeEach(() => {
    tell(1)
    tell(2)
    subscribe(1)
  })

  it('may be told of what comes next, before it is answered', () => {
    tell(3)
    tell(2, 3)
  })

  it('may not be told of what comes after that', () => {
    expect(() => tell(4)).toThrow(BrokenPromise)
  })
})

it('a full listing may leave out what is not there any more, also of what was told before', () => {
  const event = (version: number, type: string) => ({
    id: `event ${version}`,
    version,
    seq: version,
    actor: 'ann',
    receivedAt: 0,
    lane: undefined,
    n: undefined,
    action: JSON.stringify({
      type,
      payload: { id: '1', hiddenFrom: '' },
      meta: { foldback: { id: `event ${version}`, at: 0, actor: 'ann' } },
    }),
  })
  const list = (seq: number): void => {
    const position = { seq, id: `event ${seq}` }
    const synced = { type: 'synced', model: 'order', complete: true, position } as const
    checker.sent({ direction: 'down', conversation, messages: [synced] })
  }
  const events = [event(1, 'order/created'), event(2, 'order/lineAdded')]
  history.world.memory.streams.set('order/1', { ...ref, events, record: undefined })
  tell(1)
  expect(() => list(2)).toThrow(BrokenPromise)
  events.push(event(3, 'order/deleted'))
  list(3)
  // It is told of what comes after that as of a record that it has nothing of.
  tell(4)
})

it('a record of which nothing was told has no hole after its first event', () => {
  tell(5)
  expect(() => tell(7)).toThrow(BrokenPromise)
})
