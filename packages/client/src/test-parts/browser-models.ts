import { defineModel } from '@foldback/core'
import { createSlice, type PayloadAction } from '@reduxjs/toolkit'

/*
 * One model of each kind, whose records tell what happened to them and in which order: what is lost, doubled or in
 * another order than it was done can be seen in a record.
 */

export interface Order {
  id: string
  lines: string[]
  isClosed: boolean
}

interface Line {
  id: string
  line: string
  /** Makes the action as large as a test wants it. */
  padding?: string
}

const orderSlice = createSlice({
  name: 'order',
  initialState: null as Order | null,
  reducers: {
    created: (order, { payload }: PayloadAction<{ id: string; padding?: string }>) =>
      order ?? { ...payload, lines: [], isClosed: false },
    lineAdded: (order, { payload }: PayloadAction<Line>) => void order?.lines.push(payload.line),
    closed: (order, _action: PayloadAction<{ id: string }>) => void (order && (order.isClosed = true)),
    reopened: (order, _action: PayloadAction<{ id: string }>) => void (order && (order.isClosed = false)),
  },
})

const boardSlice = createSlice({
  name: 'board',
  initialState: { notes: [] as string[] },
  reducers: { noted: (board, { payload }: PayloadAction<string>) => void board.notes.push(payload) },
})

const themeSlice = createSlice({
  name: 'theme',
  initialState: { colors: [] as string[] },
  reducers: { painted: (theme, { payload }: PayloadAction<string>) => void theme.colors.push(payload) },
})

export const { created, lineAdded, closed, reopened } = orderSlice.actions
export const { noted } = boardSlice.actions
export const { painted } = themeSlice.actions

export const orders = defineModel(orderSlice, { streamId: ({ payload }) => payload.id, creates: ['created'] })
export const models = [orders, defineModel(boardSlice), defineModel(themeSlice, { stream: 'user' })] as const
