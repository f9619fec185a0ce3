import { createSlice, type PayloadAction } from '@reduxjs/toolkit'
import type { SalesOrderStatus } from './sales-order.ts'

export type Theme = 'system' | 'light' | 'dark'
export type StatusFilter = SalesOrderStatus | 'all'
export type SortOrder = 'newest' | 'customer' | 'total'

export interface Settings {
  theme: Theme
  /** Which orders are listed, and how. What is searched for is of the moment, and is not kept. */
  status: StatusFilter
  sort: SortOrder
}

export const settingsInitial: Settings = { theme: 'system', status: 'all', sort: 'newest' }

export const settingsReducers = {
  themeChosen(settings: Settings, { payload }: PayloadAction<Theme>) {
    settings.theme = payload
  },
  statusFilterChosen(settings: Settings, { payload }: PayloadAction<StatusFilter>) {
    settings.status = payload
  },
  sortChosen(settings: Settings, { payload }: PayloadAction<SortOrder>) {
    settings.sort = payload
  },
}

/** How a user likes it, on every device. */
export const settingsSlice = createSlice({
  name: 'settings',
  initialState: settingsInitial,
  reducers: settingsReducers,
})
