import { isLost } from '@foldback/client'
import type { StampedAction } from '@foldback/core'
import { createSlice, type PayloadAction } from '@reduxjs/toolkit'

export interface UiState {
  search: string
  /** What the server has accepted and lost, oldest first. */
  lost: readonly StampedAction[]
}

const initialState: UiState = { search: '', lost: [] }

/** State of this page alone: it is never sent, and goes with the page. */
export const uiSlice = createSlice({
  name: 'ui',
  initialState,
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
