import { describe, expect, it, vi } from 'vitest'
import { type Action, stampAction, type Versions } from './action.ts'
import { defineModel, type Upcast } from './model.ts'
import { upcastAction, versionsOf } from './upcast.ts'

const model = (name: string, version: number, types: readonly string[], upcast?: Upcast) =>
  defineModel(
    {
      name,
      reducer: (state: unknown) => state ?? null,
      actions: Object.fromEntries(types.map((type) => [type, Object.assign(() => ({ type }), { type })])),
    },
    { version, ...(upcast && { upcast }) },
  )

const written = (action: Action & { payload?: unknown }, versions?: Versions) =>
  stampAction(action, { id: 'a1', at: 5, actor: 'ann', ...(versions && { versions }) })

/** In version 2 `renamed` became `named`; in version 3 its payload became an object. */
const toNamed: Upcast = (action, from) => {
  const named = from < 2 && action.type === 'renamed' ? { ...action, type: 'named' } : action
  return named.type === 'named' ? { ...named, payload: { name: named.payload } } : named
}
const orders = model('order', 3, ['created', 'named'], toNamed)

describe('versionsOf', () => {
  it('names the models that handle the type, and leaves out version 1', () => {
    const models = [orders, model('note', 1, ['named']), model('board', 2, ['noted'])]
    expect(versionsOf(models, 'named')).toEqual({ order: 3 })
    expect(versionsOf(models, 'noted')).toEqual({ board: 2 })
    expect(versionsOf([model('note', 1, ['named'])], 'named')).toBeUndefined()
    expect(versionsOf(models, 'sung')).toBeUndefined()
  })
})

describe('upcastAction', () => {
  it('brings an action from each older version up to date, with its id and today’s versions', () => {
    const meta = { foldback: { id: 'a1', at: 5, actor: 'ann', versions: { order: 3 } } }
    const upToDate = { ok: true, action: { type: 'named', payload: { name: 'Eve' }, meta } }
    expect(upcastAction([orders], written({ type: 'renamed', payload: 'Eve' }))).toEqual(upToDate)
    expect(upcastAction([orders], written({ type: 'named', payload: 'Eve' }, { order: 2 }))).toEqual(upToDate)
  })

  it('gives the very action back that is of today, without asking', () => {
    const upcast = vi.fn(toNamed)
    const action = written({ type: 'named', payload: { name: 'Eve' } }, { order: 3 })
    const outcome = upcastAction([model('order', 3, ['named'], upcast)], action)
    expect(outcome.ok && outcome.action).toBe(action)
    expect(upcast).not.toHaveBeenCalled()
  })

  it('gives the very action back that is as it always was', () => {
    const action = written({ type: 'created' })
    const outcome = upcastAction([orders], action)
    expect(outcome.ok && outcome.action).toBe(action)
  })

  it('does not ask a model whose type it is not, unless it is nobody’s any more', () => {
    const upcast = vi.fn<Upcast>((action) => action)
    const models = [orders, model('board', 2, ['noted'], upcast)]
    upcastAction(models, written({ type: 'named', payload: { name: 'Eve' } }, { order: 3 }))
    expect(upcast).not.toHaveBeenCalled()
    upcastAction(models, written({ type: 'scribbled' }, { order: 3 }))
    expect(upcast).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ type: 'scribbled' }), 1)
  })

  it('asks every model that handles it, the next with what the one before made of it', () => {
    const add =
      (text: string): Upcast =>
      (action) => ({ type: action.type, payload: action.payload + text })
    const models = [
      model('order', 2, ['named'], add('b')),
      model('note', 3, ['named'], add('c')),
      model('theme', 1, ['named']),
    ]
    const outcome = upcastAction(models, written({ type: 'named', payload: 'a' }, { note: 2 }))
    expect(outcome).toMatchObject({
      ok: true,
      action: { payload: 'abc', meta: { foldback: { id: 'a1', versions: { order: 2, note: 3 } } } },
    })
  })

  it('lets nothing change who, when and which', () => {
    const forging = model('order', 2, ['named'], (action) => ({
      ...action,
      payload: 1,
      meta: { source: 'scanner', foldback: { id: 'x', at: 9, actor: 'eve' } },
    }))
    expect(upcastAction([forging], written({ type: 'named' }))).toMatchObject({
      ok: true,
      action: { meta: { source: 'scanner', foldback: { id: 'a1', at: 5, actor: 'ann' } } },
    })
  })

  it('gives what JSON carries', () => {
    const dated = model('order', 2, ['named'], (action) => ({ ...action, payload: new Date(0) }))
    expect(upcastAction([dated], written({ type: 'named' }))).toMatchObject({
      action: { payload: '1970-01-01T00:00:00.000Z' },
    })
  })

  it('refuses for good what its upcast throws on, with the error', () => {
    const thrown = new Error('no such unit')
    const models = [
      model('order', 2, ['named'], () => {
        throw thrown
      }),
    ]
    expect(upcastAction(models, written({ type: 'named' }))).toEqual({
      ok: false,
      thrown,
      refusal: {
        code: 'upcast-failed',
        finality: 'final',
        message: expect.stringContaining('order, from version 1: no such unit'),
      },
    })
  })

  it.each([undefined, null, 'named', [], {}, { type: '' }, Promise.resolve({ type: 'named' })])(
    'refuses for good what its upcast makes into %j',
    (answer) => {
      const models = [model('order', 2, ['named'], () => answer as never)]
      expect(upcastAction(models, written({ type: 'named' }))).toMatchObject({
        ok: false,
        refusal: { code: 'upcast-failed', finality: 'final' },
      })
    },
  )

  it('puts off what is newer, before anything is made of it', () => {
    const failing = model('order', 2, ['named'], () => null as never)
    const outcome = upcastAction(
      [failing, model('note', 1, ['named'])],
      written({ type: 'named' }, { note: 2 }),
    )
    expect(outcome).toMatchObject({ ok: false, refusal: { code: 'newer-version', finality: 'transient' } })
  })

  it('takes no version from a model that is named like something every object has', () => {
    const action = written({ type: 'named' }, { order: 2 })
    const outcome = upcastAction([model('toString', 1, ['named'])], action)
    expect(outcome.ok && outcome.action).toBe(action)
  })
})
