import { expect, it } from 'vitest'
import type { StoredEvent } from '@foldback/engine'
import { StoreMemory } from '../memory-store.ts'
import { modelAt } from '../workload/history-models.ts'
import { PlainFolds } from './plain-folds.ts'

function noted(id: string, version: number, note: string): StoredEvent {
  const action = { type: 'board/noted', payload: { note }, meta: { foldback: { id, at: 0, actor: 'ann' } } }
  const text = JSON.stringify(action)
  return {
    id,
    version,
    seq: version,
    action: text,
    actor: 'ann',
    receivedAt: 0,
    lane: undefined,
    n: undefined,
  }
}

it('folds what was resent after a backup was restored as it is now, though it has its old places', () => {
  const memory = new StoreMemory()
  const folds = new PlainFolds(memory)
  const board = modelAt('board', 1)
  const write = (...events: StoredEvent[]): void =>
    void memory.streams.set('board/shared', { model: 'board', id: 'shared', events, record: undefined })

  write(noted('a', 1, 'before'), noted('b', 2, 'before'))
  expect(folds.stateAt(board, 'shared', 2)).toEqual({ notes: ['before', 'before'] })
  // The server has enriched them otherwise, or brought them up to date from another version.
  write(noted('a', 1, 'after'), noted('b', 2, 'after'))
  expect(folds.stateAt(board, 'shared', 2)).toEqual({ notes: ['after', 'after'] })
})
