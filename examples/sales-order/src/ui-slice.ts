import { createSlice, type PayloadAction, type UnknownAction } from '@reduxjs/toolkit'
import { salesOrderSlice, type SalesOrderAction, type SalesOrderStatus } from './model/sales-order.ts'
import { placeOf, titleOf, type Refusal } from './refusal.ts'

export type StatusFilter = SalesOrderStatus | 'all'
export type SortOrder = 'newest' | 'id' | 'customer' | 'total'

interface UiState {
  search: string
  status: StatusFilter
  sort: SortOrder
  refusals: Refusal[]
}

const initialState: UiState = { search: '', status: 'all', sort: 'newest', refusals: [] }
const refusalsMax = 100

/** What the server's refusal looks like when it reaches the store. */
interface Rejected {
  type: 'foldback/rejected'
  payload: {
    code: string
    message: string
    action: SalesOrderAction & { meta?: { foldback?: { id: string } } }
  }
}

const isRejected = (action: UnknownAction): action is Rejected & UnknownAction =>
  action.type === 'foldback/rejected'

const isOrderAction = (action: UnknownAction): action is SalesOrderAction =>
  action.type.startsWith(`${salesOrderSlice.name}/`)

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
    builder.addMatcher(isOrderAction, (ui, action) => {
      const place = placeOf(action)
      ui.refusals = ui.refusals.filter(
        (refusal) =>
          refusal.orderId !== action.payload.id || (refusal.place !== place && refusal.place !== 'order'),
      )
    })
    builder.addMatcher(isRejected, (ui, { payload: { message, action } }) => {
      const key = action.meta?.foldback?.id ?? `${action.type} ${ui.refusals.length}`
      const refusal = {
        key,
        orderId: action.payload.id,
        place: placeOf(action),
        title: titleOf(action),
        message,
      }
      ui.refusals = [...ui.refusals.slice(1 - refusalsMax), refusal]
    })
  },
})

export const { searchChanged, statusFilterChanged, sortChanged, filtersCleared, refusalDismissed } =
  uiSlice.actions
