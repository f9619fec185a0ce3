import { isLost } from '@foldback/client'
import { createSlice, type PayloadAction } from '@reduxjs/toolkit'
import type { DoneAction } from './refusal.ts'

/** State of this page alone: it is never sent, and goes with the page. */
export const uiSlice = createSlice({
  name: 'ui',
  initialState: {
    search: '',
    /** What the server has accepted and lost, oldest first. */
    lost: [] as DoneAction[],
  },
  reducers: {
    searchChanged(ui, { payload }: PayloadAction<string>) {
      ui.search = payload
    },
    lossDealtWith(ui, { payload }: PayloadAction<string>) {
      ui.lost = ui.lost.filter(({ meta }) => meta.foldback.id !== payload)
    },
  },
  extraReducers: (builder) => {
    builder.addMatcher(isLost, (ui, { payload }) => ({ ...ui, lost: [...ui.lost, ...payload.actions] }))
  },
})

export const { searchChanged, lossDealtWith } = uiSlice.actions
