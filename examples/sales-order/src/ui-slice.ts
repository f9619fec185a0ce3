import { isRejected } from '@foldback/client'
import { createSlice, type PayloadAction } from '@reduxjs/toolkit'
import { isSharedAction, orderIdOf, placeOf, refusalOf, type Refusal } from './refusal.ts'

export interface UiState {
  search: string
  refusals: Refusal[]
}

const initialState: UiState = { search: '', refusals: [] }
const refusalsMax = 100

/** State of this page alone: it is never sent, and goes with the page. */
export const uiSlice = createSlice({
  name: 'ui',
  initialState,
  reducers: {
    searchChanged(ui, { payload }: PayloadAction<string>) {
      ui.search = payload
    },
    refusalDismissed(ui, { payload }: PayloadAction<string>) {
      ui.refusals = ui.refusals.filter((refusal) => refusal.key !== payload)
    },
  },
  extraReducers: (builder) => {
    // Trying again at the same place, or anything new after a refused submit, makes the old message outdated.
    builder.addMatcher(isSharedAction, (ui, action) => {
      const [orderId, place] = [orderIdOf(action), placeOf(action)]
      ui.refusals = ui.refusals.filter(
        (refusal) => refusal.orderId !== orderId || (refusal.place !== place && refusal.place !== 'order'),
      )
    })
    builder.addMatcher(isRejected, (ui, { payload: { action, message } }) => {
      if (!isSharedAction(action)) return
      const refusal = refusalOf(action, message)
      const others = ui.refusals.filter(({ key }) => key !== refusal.key)
      ui.refusals = [...others.slice(1 - refusalsMax), refusal]
    })
  },
})

export const { searchChanged, refusalDismissed } = uiSlice.actions
