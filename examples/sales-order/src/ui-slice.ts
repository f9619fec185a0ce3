import { isRejected } from '@foldback/client'
import { createSlice, type PayloadAction } from '@reduxjs/toolkit'
import { isSalesOrderAction, type SalesOrderStatus } from './model/sales-order.ts'
import { placeOf, refusalOf, type Refusal } from './refusal.ts'

export type StatusFilter = SalesOrderStatus | 'all'
export type SortOrder = 'newest' | 'customer' | 'total'

export interface UiState {
  search: string
  status: StatusFilter
  sort: SortOrder
  refusals: Refusal[]
}

const initialState: UiState = { search: '', status: 'all', sort: 'newest', refusals: [] }
const refusalsMax = 100

/** State of this browser alone: it is never sent. */
export const uiSlice = createSlice({
  name: 'ui',
  initialState,
  reducers: {
    searchChanged(ui, { payload }: PayloadAction<string>) {
      ui.search = payload
    },
    statusFilterChanged(ui, { payload }: PayloadAction<StatusFilter>) {
      ui.status = payload
    },
    sortChanged(ui, { payload }: PayloadAction<SortOrder>) {
      ui.sort = payload
    },
    filtersCleared(ui) {
      ui.search = ''
      ui.status = 'all'
    },
    refusalDismissed(ui, { payload }: PayloadAction<string>) {
      ui.refusals = ui.refusals.filter((refusal) => refusal.key !== payload)
    },
  },
  extraReducers: (builder) => {
    // Trying again at the same place, or anything new after a refused submit, makes the old message outdated.
    builder.addMatcher(isSalesOrderAction, (ui, action) => {
      const place = placeOf(action)
      ui.refusals = ui.refusals.filter(
        (refusal) =>
          refusal.orderId !== action.payload.id || (refusal.place !== place && refusal.place !== 'order'),
      )
    })
    builder.addMatcher(isRejected, (ui, { payload: { action, message } }) => {
      if (!isSalesOrderAction(action)) return
      const refusal = refusalOf(action, message)
      const others = ui.refusals.filter(({ key }) => key !== refusal.key)
      ui.refusals = [...others.slice(1 - refusalsMax), refusal]
    })
  },
})

export const { searchChanged, statusFilterChanged, sortChanged, filtersCleared, refusalDismissed } =
  uiSlice.actions
