import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { StampedAction } from './action.ts'
import { defineModel } from './model.ts'
import { StreamReplica } from './rebase.ts'

/*
 * A record that is a list of words. `removed` throws when its word is not there, so that not every action folds on
 * every state.
 */
const wrote = Object.assign((payload: string) => ({ type: 'words/wrote', payload }), { type: 'words/wrote' })
const removed = Object.assign((payload: string) => ({ type: 'words/removed', payload }), {
  type: 'words/removed',
})

const reducer = vi.fn((words: readonly string[] | undefined, action: { type: string; payload?: any }) => {
  if (action.type === wrote.type) return [...(words ?? []), action.payload as string]
  if (action.type !== removed.type) return words ?? []
  if (!words?.includes(action.payload)) throw new Error(`There is no ${action.payload}.`)
  return words.filter((word) => word !== action.payload)
})
const words = defineModel({ name: 'words', reducer, actions: { wrote, removed } })
const onThrow = vi.fn()

const stamp = (action: { type: string; payload: string }, id = action.payload): StampedAction => ({
  ...action,
  meta: { foldback: { id, at: 1, actor: 'ann' } },
})
const event = (version: number, action: StampedAction) => ({ id: action.meta.foldback.id, version, action })
const write = (word: string) => stamp(wrote(word))
const remove = (word: string) => stamp(removed(word), `not ${word}`)

/** A replica of a stream with one event, the word "base". */
function loaded(): StreamReplica {
  const replica = new StreamReplica(words, onThrow)
  replica.install({ state: ['base'], version: 1, eventId: 'base' }, [])
  replica.refold()
  return replica
}

function add(replica: StreamReplica, action: StampedAction): void {
  const outcome = replica.fold(action)
  replica.add(action, outcome.ok ? outcome.state : replica.visible)
}

function withPending(...pending: string[]): StreamReplica {
  const replica = loaded()
  for (const word of pending) add(replica, write(word))
  reducer.mockClear()
  return replica
}

const ids = (replica: StreamReplica): string[] => replica.pending.map((action) => action.meta.foldback.id)

beforeEach(() => {
  reducer.mockClear()
  onThrow.mockClear()
})

describe('a stream on a client', () => {
  it('shows the initial state until something is loaded, and pending actions on top of it', () => {
    const replica = new StreamReplica(words, onThrow)
    expect(replica.confirmed).toBeUndefined()
    expect(replica.visible).toEqual([])
    add(replica, write('mine'))
    expect(replica.visible).toEqual(['mine'])
  })

  it('folds each pending action once, on the one before', () => {
    const replica = withPending('a', 'b')
    expect(replica.visible).toEqual(['base', 'a', 'b'])
    replica.refold()
    expect(reducer).not.toHaveBeenCalled()
  })
})

describe('an accepted action', () => {
  it('is confirmed as it was folded: no reducer call, and the same state', () => {
    const replica = withPending('a', 'b')
    const { visible } = replica
    replica.accept('a', 2)
    replica.refold()
    expect(replica.confirmed).toEqual({ state: ['base', 'a'], version: 2, eventId: 'a' })
    replica.accept('b', 3)
    replica.refold()
    expect(reducer).not.toHaveBeenCalled()
    expect(replica.visible).toBe(visible)
    expect(replica.confirmed).toEqual({ state: visible, version: 3, eventId: 'b' })
    expect(ids(replica)).toEqual([])
  })

  it('waits for the events before it, is missing them, and is confirmed in its place when they come', () => {
    const replica = withPending('a')
    replica.accept('a', 3)
    expect(replica.isMissingEvents).toBe(true)
    expect(replica.confirmed?.version).toBe(1)
    expect(replica.apply(event(2, write('foreign')), false)).toBe('applied')
    replica.refold()
    expect(replica.isMissingEvents).toBe(false)
    expect(replica.confirmed).toEqual({ state: ['base', 'foreign', 'a'], version: 3, eventId: 'a' })
    expect(replica.visible).toBe(replica.confirmed?.state)
  })

  it('that is contained in what is confirmed already is not folded a second time', () => {
    const replica = withPending('a')
    replica.install({ state: ['base', 'a'], version: 2, eventId: 'a' }, [])
    replica.accept('a', 2)
    replica.refold()
    expect(replica.visible).toEqual(['base', 'a'])
    expect(ids(replica)).toEqual([])
  })

  it('of which nothing is known changes nothing', () => {
    const replica = withPending('a')
    replica.accept('other', 2)
    replica.refold()
    expect(replica.confirmed?.version).toBe(1)
    expect(replica.visible).toEqual(['base', 'a'])
  })
})

describe('foreign events', () => {
  it('of one frame are folded once each, and the pending actions once again on all of them', () => {
    const replica = withPending('a', 'b')
    for (const [index, word] of ['x', 'y', 'z'].entries()) replica.apply(event(index + 2, write(word)), false)
    expect(reducer).toHaveBeenCalledTimes(3)
    replica.refold()
    expect(reducer).toHaveBeenCalledTimes(5)
    expect(replica.visible).toEqual(['base', 'x', 'y', 'z', 'a', 'b'])
    expect(replica.confirmed).toEqual({ state: ['base', 'x', 'y', 'z'], version: 4, eventId: 'z' })
  })

  it('are applied in order and once: what is known is skipped, what is too new is a gap', () => {
    const replica = withPending('a')
    expect(replica.apply(event(1, write('base')), false)).toBe('known')
    expect(replica.apply(event(3, write('later')), false)).toBe('gap')
    replica.refold()
    expect(reducer).not.toHaveBeenCalled()
    expect(replica.visible).toEqual(['base', 'a'])
  })

  it('are a gap while nothing is loaded', () => {
    const replica = new StreamReplica(words, onThrow)
    expect(replica.apply(event(1, write('first')), false)).toBe('gap')
    expect(replica.visible).toEqual([])
  })

  it('leave out a pending action that folds no more, and let those behind it stand', () => {
    const replica = withPending()
    add(replica, remove('base'))
    add(replica, write('a'))
    replica.apply(event(2, stamp(removed('base'), 'foreign')), false)
    replica.refold()
    expect(replica.visible).toEqual(['a'])
    expect(ids(replica)).toEqual(['not base', 'a'])
    expect(onThrow).not.toHaveBeenCalled()
  })

  it('that throw leave the state as it was, as on the server, and are told of', () => {
    const replica = withPending()
    const action = remove('nothing')
    expect(replica.apply(event(2, action), false)).toBe('applied')
    expect(replica.confirmed).toEqual({ state: ['base'], version: 2, eventId: 'not nothing' })
    expect(onThrow).toHaveBeenCalledExactlyOnceWith(expect.any(Error), action)
  })
})

describe('one of my own actions', () => {
  it('that is refused in the middle goes, and those behind it are folded again without it', () => {
    const replica = withPending('a', 'b', 'c')
    replica.withdraw('b')
    replica.refold()
    expect(replica.visible).toEqual(['base', 'a', 'c'])
    expect(ids(replica)).toEqual(['a', 'c'])
  })

  it('that is taken back as the last leaves the state before it, the very same', () => {
    const replica = withPending('a')
    const { visible } = replica
    add(replica, write('b'))
    reducer.mockClear()
    replica.withdraw('b')
    replica.refold()
    expect(replica.visible).toBe(visible)
    expect(reducer).not.toHaveBeenCalled()
  })

  it('that the server replaced is dropped for the server’s version of it', () => {
    const replica = withPending('a', 'b')
    const replaced = { ...write('a'), payload: 'A, by the server' }
    expect(replica.apply(event(2, replaced), true)).toBe('applied')
    replica.refold()
    expect(replica.visible).toEqual(['base', 'A, by the server', 'b'])
    expect(ids(replica)).toEqual(['b'])
  })

  it('stays when somebody else’s event happens to have its id', () => {
    const replica = withPending('a')
    replica.apply(event(2, write('a')), false)
    replica.refold()
    expect(replica.visible).toEqual(['base', 'a', 'a'])
    expect(ids(replica)).toEqual(['a'])
  })
})

describe('a snapshot', () => {
  it('replaces what was confirmed, and drops the pending actions that it contains', () => {
    const replica = withPending('a', 'b')
    replica.install({ state: ['base', 'x', 'a'], version: 3, eventId: 'a' }, ['a'])
    replica.refold()
    expect(replica.visible).toEqual(['base', 'x', 'a', 'b'])
    expect(ids(replica)).toEqual(['b'])
  })

  it('drops an accepted action that waited for a version that it reaches', () => {
    const replica = withPending('a', 'b')
    replica.accept('a', 3)
    replica.install({ state: ['base', 'x', 'a'], version: 3, eventId: 'a' }, [])
    replica.refold()
    expect(replica.visible).toEqual(['base', 'x', 'a', 'b'])
  })

  it('of an older history takes its place all the same', () => {
    const replica = withPending()
    replica.install({ state: [], version: 0, eventId: '' }, [])
    replica.refold()
    expect(replica.confirmed?.version).toBe(0)
    expect(replica.visible).toEqual([])
    expect(replica.apply(event(1, write('again')), false)).toBe('applied')
  })

  it('right before the version of an accepted action lets that follow', () => {
    const replica = withPending('a')
    replica.accept('a', 3)
    replica.install({ state: ['base', 'x'], version: 2, eventId: 'x' }, [])
    replica.refold()
    expect(replica.confirmed).toEqual({ state: ['base', 'x', 'a'], version: 3, eventId: 'a' })
  })
})

describe('forgetting', () => {
  it('keeps what is pending', () => {
    const replica = withPending('a')
    replica.forget()
    replica.refold()
    expect(replica.confirmed).toBeUndefined()
    expect(replica.visible).toEqual(['a'])
  })
})
