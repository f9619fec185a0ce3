import { type AnyModel, defineModel } from '@foldback/core'
import type { AnyRules, Session } from '@foldback/engine'
import { createSlice, type PayloadAction } from '@reduxjs/toolkit'

export interface Order {
  readonly id: string
  readonly lines: string[]
  title?: string
  /** The user who may not read it, where rights are in force. */
  hiddenFrom: string
}

export const orderSlice = createSlice({
  name: 'order',
  initialState: null as Order | null,
  reducers: {
    created: (state, { payload }: PayloadAction<{ id: string; hiddenFrom: string }>) =>
      state ?? { ...payload, lines: [] },
    lineAdded: (state, { payload }: PayloadAction<{ id: string; line: string }>) => {
      state!.lines.push(payload.line)
    },
    hidden: (state, { payload }: PayloadAction<{ id: string; hiddenFrom: string; line?: string }>) => {
      state!.hiddenFrom = payload.hiddenFrom
    },
    titled: (state, { payload }: PayloadAction<{ id: string; title: string }>) => {
      state!.title = payload.title
    },
    deleted: (_state, _action: PayloadAction<{ id: string }>) => null,
  },
})

export const boardSlice = createSlice({
  name: 'board',
  initialState: { notes: [] as string[] },
  reducers: {
    noted: (state, { payload }: PayloadAction<{ note: string }>) => {
      state.notes.push(payload.note)
    },
    /** Not pure, and without a consequence: in development it must be named. */
    gambled: (state, { payload }: PayloadAction<{ note: string }>) => {
      if (Math.random() >= 0) state.notes.push(payload.note)
    },
  },
})

export const settingsSlice = createSlice({
  name: 'settings',
  initialState: { themes: [] as string[] },
  reducers: {
    themed: (state, { payload }: PayloadAction<{ theme: string }>) => {
      state.themes.push(payload.theme)
    },
  },
})

/** The theme on which the next version's reducer throws, also where it is recorded. */
export const poison = 'poison'
/** What begins a note that no store can keep. */
export const unstorable = 'unstorable'

/** Enough for every order of a history to be told apart; the rest only makes the record large. */
const notedLengthMax = 20
const notesMax = 20

const orders = defineModel(orderSlice, {
  streamId: (action) => action.payload.id,
  creates: ['created'],
  coalesce: { titled: () => 'title' },
})
// A new line is noted on the board too: one action, two streams, atomically.
const board = defineModel({
  ...boardSlice,
  actions: { ...boardSlice.actions, lineAdded: orderSlice.actions.lineAdded },
  reducer: (state: { notes: string[] } | undefined, action) => {
    if (!orderSlice.actions.lineAdded.match(action)) return boardSlice.reducer(state, action)
    const note = `line ${action.payload.line.slice(0, notedLengthMax)}`
    return { notes: [...(state?.notes ?? []), note].slice(-notesMax) }
  },
})
const settings = defineModel(settingsSlice, { stream: 'user' })

export const historyModels = [orders, board, settings] as const

/** Ends the lines that were written for the first version and taken by the next. */
export const upcastMark = ' (of 1)'

/** The next version of them: they fold otherwise, and what was written for the first is marked. */
export const newerModels = [
  {
    ...orders,
    version: 2,
    upcast: (action) =>
      orderSlice.actions.lineAdded.match(action)
        ? { ...action, payload: { ...action.payload, line: `${action.payload.line}${upcastMark}` } }
        : action,
    reducer: (order, action) => {
      const next = orders.reducer(order, action)
      return next && orderSlice.actions.lineAdded.match(action)
        ? { ...next, lines: withLastMarked(next.lines) }
        : next
    },
  } satisfies typeof orders,
  {
    ...board,
    version: 2,
    reducer: (state, action) => ({ notes: withLastMarked(board.reducer(state, action).notes) }),
  } satisfies typeof board,
  {
    ...settings,
    version: 2,
    reducer: (state, action) => {
      if (settingsSlice.actions.themed.match(action) && action.payload.theme === poison)
        throw new TypeError('Not this theme.')
      return { themes: withLastMarked(settings.reducer(state, action).themes) }
    },
  } satisfies typeof settings,
] as const

/** A model as it is at a version; the newest when none is said. */
export function modelAt(name: string, version: number | undefined): AnyModel {
  const models: readonly AnyModel[] = version === 1 ? historyModels : newerModels
  return models.find((model) => model.name === name)!
}

function withLastMarked(texts: readonly string[]): string[] {
  return texts.map((text, index) => (index === texts.length - 1 ? `2: ${text}` : text))
}

/** Orders that a history knows. */
export const orderIds = ['0', '1', '2'] as const

const enriched = 'enriched'
/** Ends the lines that the server has enriched. */
export const enrichedMark = '!'

/** Refuses lines that begin with "refused", and rewrites those that begin with "enriched". */
export function historyRules(hasRights: boolean): AnyRules {
  return {
    order: {
      guard: (_record, action) =>
        String(action.payload.line).startsWith('refused') ? 'Not this line.' : true,
      enrich: (action) =>
        String(action.payload.line).startsWith(enriched)
          ? { ...action, payload: { ...action.payload, line: `${action.payload.line}${enrichedMark}` } }
          : undefined,
      ...(hasRights && {
        canRead: (record: unknown, session: Session) => (record as Order).hiddenFrom !== session.actor,
      }),
    },
  }
}
