import { cancellation, type StampedAction } from '@foldback/core'
import { beforeEach, describe, expect, it } from 'vitest'
import { Conversation } from '../workload/conversation.ts'
import { History } from '../workload/history.ts'
import type { HistoryPage } from '../workload/history-page.ts'
import { ExactlyOnce } from './exactly-once.ts'
import { BrokenPromise } from './promises.ts'

const action = { type: 'board/noted', meta: { foldback: { id: 'a', at: 0, actor: 'ann' } } } as StampedAction

let checker: ExactlyOnce
let pages: readonly HistoryPage[]

beforeEach(async () => {
  const history = new History({ seed: 1, faults: new Set() })
  await history.start()
  checker = new ExactlyOnce(history)
  pages = history.pages
})

/** A page sends something as number 1 of a lane. */
function push(page: HistoryPage | undefined, what: StampedAction | typeof cancellation): void {
  checker.sent({
    direction: 'up',
    conversation: new Conversation(1, page),
    messages: [{ type: 'push', lane: 'lane', n: 1, actions: [what] }],
  })
}

describe('an action that was sent as given up', () => {
  it('may be sent as itself by a page that was asleep when another one took it over', () => {
    pages[0]!.freeze()
    push(pages[0], action)
    push(pages[1], cancellation)
    push(pages[0], action)
  })

  it('may not be sent as itself by the page that has given it up, nor by one that has been awake', () => {
    push(pages[0], cancellation)
    expect(() => push(pages[1], action)).toThrow(BrokenPromise)
    pages[0]!.freeze()
    expect(() => push(pages[0], action)).toThrow(BrokenPromise)
  })
})

it('a number of a lane is not sent for two actions', () => {
  const other = { ...action, meta: { foldback: { ...action.meta.foldback, id: 'b' } } }
  push(pages[0], action)
  expect(() => push(pages[0], other)).toThrow(BrokenPromise)
})
