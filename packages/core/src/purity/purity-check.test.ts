import { createSlice, type PayloadAction } from '@reduxjs/toolkit'
import { describe, expect, it, vi } from 'vitest'
import type { Action } from '../action.ts'
import { foldAction, initialState } from '../fold.ts'
import { type AnyModel, defineModel } from '../model.ts'
import { PurityCheck } from './purity-check.ts'
import type { PurityLimits } from './purity-limits.ts'

type Reducer = (state: any, action: any) => any

/** A shared model whose reducer does this. */
function modelOf(reducer: Reducer): AnyModel {
  const done = Object.assign((payload?: unknown) => ({ type: 'board/done', payload }), { type: 'board/done' })
  return defineModel({ name: 'board', reducer, actions: { done } })
}

function checkOf(limits: Partial<PurityLimits> = {}, globals: object = globalThis) {
  const told: { sentence: string; action: Action }[] = []
  const check = new PurityCheck({
    globals,
    warn: (sentence, _model, action) => void told.push({ sentence, action }),
    limits,
  })
  return { check, told, sentences: () => told.map(({ sentence }) => sentence) }
}

const action = { type: 'board/done', payload: { at: 0 }, meta: { foldback: { id: 'a', at: 0, actor: '' } } }

/** What is said of a reducer that runs this once. */
function saidOf(run: () => unknown, state: unknown = {}): readonly string[] {
  const { check, sentences } = checkOf()
  check.watched(modelOf(() => ({ result: run() }))).reducer(state, action)
  return sentences()
}

const date = new Date(0)
const collator = new Intl.Collator('en')
const format = new Intl.NumberFormat('en')
// A network that does not exist, and what only browsers have.
class Stub {
  readonly isOpen = false
}
const stubs: readonly (readonly [string, unknown])[] = [
  ['fetch', () => new Stub()],
  ['WebSocket', Stub],
  ['XMLHttpRequest', class extends Stub {}],
  ['requestAnimationFrame', () => 1],
]

describe('a reducer is named when it', () => {
  const cases: readonly [what: string, said: RegExp, run: () => unknown][] = [
    [
      'reads Date.now',
      /reads the clock \(Date\.now\) on board\/done\. .*meta\.foldback\.at/,
      () => Date.now(),
    ],
    ['makes a Date of now', /reads the clock \(new Date\(\)\)/, () => new Date()],
    ['calls Date', /reads the clock \(Date\(\)\)/, () => Date()],
    ['reads performance.now', /reads the clock \(performance\.now\)/, () => performance.now()],
    ['throws dice', /uses chance \(Math\.random\).*`prepare`/, () => Math.random()],
    ['makes a UUID', /uses chance \(crypto\.randomUUID\)/, () => crypto.randomUUID()],
    ['asks for random bytes', /crypto\.getRandomValues/, () => crypto.getRandomValues(new Uint8Array(1))],
    ['fetches', /uses the network \(fetch\).*in a thunk/, () => void fetch('http://localhost')],
    ['opens a socket', /uses the network \(WebSocket\)/, () => void new WebSocket('ws://localhost')],
    ['makes a request', /uses the network \(XMLHttpRequest\)/, () => void new XMLHttpRequest()],
    [
      'compares by locale',
      /uses the locale .*String\.prototype\.localeCompare/,
      () => 'a'.localeCompare('b'),
    ],
    ['writes a number for people', /Number\.prototype\.toLocaleString/, () => (1).toLocaleString()],
    ['writes a date for people', /Date\.prototype\.toLocaleDateString/, () => date.toLocaleDateString()],
    ['makes a collator', /uses the locale .*Intl\.Collator\)/, () => void new Intl.Collator()],
    ['calls Intl without new', /Intl\.DateTimeFormat\)/, () => void Intl.DateTimeFormat()],
    ['uses a collator of its module', /Intl\.Collator\.prototype\.compare/, () => collator.compare('a', 'b')],
    ['uses a format of its module', /Intl\.NumberFormat\.prototype\.format\)/, () => format.format(1)],
    ['reads local hours', /uses the time zone .*getHours\).*getUTCHours/, () => date.getHours()],
    ['asks for the time zone', /getTimezoneOffset/, () => date.getTimezoneOffset()],
    ['writes a date into a text', /Date\.prototype\.toString/, () => String(date)],
    ['sets local hours', /setHours/, () => new Date(0).setHours(1)],
    ['makes a local date', /new Date\(year, month, …\)/, () => new Date(2026, 0, 1).getTime()],
    ['reads a local time', /new Date of local time/, () => new Date('2026-01-01T10:00').getTime()],
    ['parses a local time', /Date\.parse of local time/, () => Date.parse('1 January 2026')],
    ['waits', /runs something later \(setTimeout\)/, () => clearTimeout(setTimeout(() => {}, 0))],
    [
      'asks for a frame',
      /runs something later \(requestAnimationFrame\)/,
      () => requestAnimationFrame(() => {}),
    ],
  ]
  it.each(cases)('%s', (_what, said, run) => {
    for (const [name, stub] of stubs) vi.stubGlobal(name, stub)
    try {
      expect(saidOf(run)).toEqual([expect.stringMatching(said)])
    } finally {
      vi.unstubAllGlobals()
    }
  })

  it('uses chance for its initial state', () => {
    const { check, sentences } = checkOf()
    const slice = createSlice({
      name: 'dice',
      initialState: () => Math.random(),
      reducers: { thrown: () => 0 },
    })
    initialState(check.watched(defineModel(slice)))
    expect(sentences()).toEqual([expect.stringContaining('(Math.random) in its initial state.')])
  })

  it('throws after that', () => {
    const { check, sentences } = checkOf()
    const model = modelOf(() => {
      throw new Error(`No. ${Math.random()}`)
    })
    expect(() => check.watched(model).reducer({}, action)).toThrow('No.')
    expect(sentences()).toEqual([expect.stringContaining('Math.random')])
  })
})

describe('a reducer is not named when it', () => {
  const cases: readonly [what: string, run: () => unknown][] = [
    ['makes a date of a number', () => new Date(action.payload.at).toISOString()],
    ['makes a date of a day', () => new Date('2026-01-01').getUTCDate()],
    ['makes a date of a time with a zone', () => new Date('2026-01-01T10:00:00+01:00').toJSON()],
    ['makes a date of its UTC text', () => new Date(new Date(0).toUTCString()).getTime()],
    ['counts with Math', () => Math.max(1, 2)],
    ['asks whether there is a network', () => typeof fetch],
  ]
  it.each(cases)('%s', (_what, run) => expect(saidOf(run)).toEqual([]))
})

describe('what was found', () => {
  it('is said with the action, once for each model, action type and thing', () => {
    const { check, told } = checkOf()
    const model = modelOf(() => Math.random() + Math.random() + Date.now())
    const watched = check.watched(model)
    watched.reducer(0, action)
    watched.reducer(0, action)
    expect(told).toHaveLength(2)
    expect(told[0]!.action).toBe(action)
    watched.reducer(0, { ...action, type: 'board/other' })
    check.watched({ ...model, name: 'other' }).reducer(0, action)
    expect(told).toHaveLength(6)
  })

  it('says nothing of what whoever hears it uses', () => {
    const heard: string[] = []
    const check = new PurityCheck({
      globals: globalThis,
      warn: (sentence) => void heard.push(`${Date.now()} ${sentence}`),
    })
    check.watched(modelOf(() => Math.random())).reducer(0, action)
    expect(heard).toHaveLength(1)
  })
})

describe('the globals', () => {
  const objects = [globalThis, Date, Date.prototype, Math, String.prototype, Intl, Intl.Collator.prototype]
  const look = (): readonly PropertyDescriptorMap[] =>
    objects.map((object) => Object.getOwnPropertyDescriptors<object>(object))

  /** The names of properties that are others now. */
  const changedSince = (before: readonly PropertyDescriptorMap[]): readonly string[] => {
    const after = look()
    return before.flatMap((properties, index) =>
      Object.keys({ ...properties, ...after[index] }).filter((name) => {
        const [was, is] = [properties[name], after[index]![name]]
        return (
          !Object.is(was?.value, is?.value) ||
          was?.enumerable !== is?.enumerable ||
          was?.writable !== is?.writable
        )
      }),
    )
  }

  it('are as they were after a call, after one that throws, and after one inside another', () => {
    const before = look()
    const { check, sentences } = checkOf()
    const inner = check.watched({ ...modelOf(() => Math.random()), name: 'inner' })
    const outer = check.watched(modelOf(() => (inner.reducer(0, action) as number) + Date.now()))
    outer.reducer(0, action)
    expect(changedSince(before)).toEqual([])
    expect(sentences()).toEqual([
      expect.stringMatching(/reducer of inner .*Math\.random/),
      expect.stringMatching(/reducer of board .*Date\.now/),
    ])
    const throwing = modelOf(() => {
      throw new Error('No.')
    })
    expect(() => check.watched(throwing).reducer(0, action)).toThrow('No.')
    expect(changedSince(before)).toEqual([])
  })

  it('do in a reducer what they do elsewhere', () => {
    const { check } = checkOf()
    const model = modelOf(() => {
      const now = new Date()
      return {
        isDate: now instanceof Date && now.constructor === Date,
        isNow: Math.abs(now.getTime() - Date.now()) < 60_000,
        names: [Date.name, Date.length, setTimeout.name],
        compared: ['b', 'a'].sort(collator.compare),
      }
    })
    const expected = model.reducer(undefined, action)
    expect(check.watched(model).reducer(undefined, action)).toEqual(expected)
  })

  it('may have a clock of a test in them', () => {
    vi.useFakeTimers({ now: 7 })
    try {
      const { check, sentences } = checkOf()
      expect(check.watched(modelOf(() => [Date.now(), new Date().getTime()])).reducer(0, action)).toEqual([
        7, 7,
      ])
      expect(sentences()).toHaveLength(2)
    } finally {
      vi.useRealTimers()
    }
  })

  it('are put back where two names lead to the same', () => {
    const now = (): number => 7
    const shared = { now }
    const { check } = checkOf({}, { Date: shared, performance: shared })
    check.watched(modelOf(() => 1)).reducer(0, action)
    expect(shared.now).toBe(now)
  })

  it('may be frozen: then they are not watched', () => {
    const { check, told } = checkOf({}, Object.freeze({ Math: Object.freeze({ random: () => 4 }) }))
    expect(check.watched(modelOf(() => 1)).reducer(0, action)).toBe(1)
    expect(told).toEqual([])
  })

  it('are not held against what a reducer leaves behind', () => {
    const { check, told } = checkOf()
    let later = (): unknown => undefined
    const model = modelOf(() => {
      const { now } = Date
      later = () => now()
    })
    check.watched(model).reducer(0, action)
    expect(later()).toBeTypeOf('number')
    expect(told).toEqual([])
  })
})

describe('a reducer that writes to its input', () => {
  const written = (
    reducer: Reducer,
    state: unknown,
    given: object = action,
    limits = {},
  ): readonly string[] => {
    const { check, sentences } = checkOf(limits)
    check.watched(modelOf(reducer)).reducer(state, structuredClone(given) as Action)
    return sentences()
  }

  it.each<[what: string, path: string, reducer: Reducer, state: unknown]>([
    ['a field', 'state.title', (state) => void (state.title = 'b'), { title: 'a' }],
    [
      'a field deep inside',
      'state.lines[1].price',
      (state) => ((state.lines[1].price = 3), state),
      { lines: [{ price: 1 }, { price: 2 }] },
    ],
    ['a list', 'state.lines', (state) => (state.lines.push(1), state), { lines: [] }],
    [
      'the order of a list',
      'state.lines[0]',
      (state) => ({ lines: state.lines.sort() }),
      { lines: ['b', 'a'] },
    ],
    ['a new field', 'state', (state) => ((state.total = 1), state), {}],
    ['a field it takes away', 'state.total', (state) => (delete state.total, state), { total: 1 }],
    ['the action', 'action.payload.at', (state, given) => ((given.payload.at = 9), state), {}],
  ])('is named with the place: %s', (_what, path, reducer, state) => {
    expect(written(reducer, state)).toEqual([
      expect.stringMatching(
        new RegExp(
          `board writes to ${path.replaceAll(/[.[\]]/g, String.raw`\$&`)} on board/done\\. .*return a new object`,
        ),
      ),
    ])
  })

  it('is named once for a state, wherever in it the writing is', () => {
    const { check, told } = checkOf()
    const watched = check.watched(modelOf((state: number[], { payload }) => ((state[payload] = 9), state)))
    const state = [1, 2, 3]
    watched.reducer(state, { type: 'board/done', payload: 0 } as Action)
    watched.reducer(state, { type: 'board/done', payload: 1 } as Action)
    expect(told).toHaveLength(1)
  })

  it('changes the state as without the check', () => {
    const { check } = checkOf()
    const state = { lines: [1] }
    const result = check.watched(modelOf((given) => (given.lines.push(2), given))).reducer(state, action)
    expect(result).toBe(state)
    expect(state).toEqual({ lines: [1, 2] })
    expect(Object.isFrozen(state)).toBe(false)
  })

  it('does not mean a slice that writes to its draft', () => {
    const slice = createSlice({
      name: 'board',
      initialState: { notes: [] as string[] },
      reducers: { noted: (board, { payload }: PayloadAction<string>) => void board.notes.push(payload) },
    })
    const { check, told } = checkOf()
    const outcome = foldAction(
      check.watched(defineModel(slice)),
      { notes: ['a'] },
      {
        ...slice.actions.noted('b'),
        meta: action.meta,
      },
    )
    expect(outcome).toEqual({ ok: true, state: { notes: ['a', 'b'] } })
    expect(told).toEqual([])
  })

  it('is not found beyond the first values, which bounds what looking costs', () => {
    const list = () => Array.from({ length: 100 }, () => ({ price: 0 }))
    const write: Reducer = (state) => ((state[99].price = 1), state)
    expect(written(write, list())).toHaveLength(1)
    expect(written(write, list(), action, { comparedValuesMax: 100 })).toEqual([])
    const push: Reducer = (state) => (state.push(1), state)
    expect(written(push, list(), action, { comparedValuesMax: 0 })).toEqual([])
  })

  it('is not looked for in what is frozen', () => {
    const lines = vi.fn(() => [])
    const state = Object.freeze(Object.defineProperty({}, 'lines', { get: lines, enumerable: true }))
    expect(written(() => 1, state)).toEqual([])
    expect(lines).not.toHaveBeenCalled()
  })

  it('is looked for in a state that goes in circles, or is none', () => {
    const state: Record<string, unknown> = {}
    state['self'] = state
    expect(written(() => 1, state)).toEqual([])
    expect(written(() => 1, undefined)).toEqual([])
  })
})

it.each([
  [{ comparedValuesMax: -1 }, /comparedValuesMax must be a whole number/],
  [{ comparedValues: 1 }, /development has no option comparedValues/],
])('the limits %j are refused by name', (limits, message) => {
  expect(() => checkOf(limits as Partial<PurityLimits>)).toThrow(message)
})
