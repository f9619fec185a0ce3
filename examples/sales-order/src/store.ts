import { createSync, indexedDb } from '@foldback/client'
import { configureStore } from '@reduxjs/toolkit'
import { useDispatch, useSelector } from 'react-redux'
import { deviceSettingsSlice } from './device-settings.ts'
import { models } from './model/models.ts'
import { uiSlice } from './ui-slice.ts'
import { userName } from './user.ts'

const url = location.origin.replace('http', 'ws')
export const sync = createSync({ url, models, token: userName, user: userName, outbox: indexedDb() })

export const store = configureStore({
  reducer: { ...sync.reducers, deviceSettings: deviceSettingsSlice.reducer, ui: uiSlice.reducer },
  middleware: (getDefault) => getDefault().concat(sync.middleware),
})

export type RootState = ReturnType<typeof store.getState>
export const useAppDispatch = useDispatch.withTypes<typeof store.dispatch>()
export const useAppSelector = useSelector.withTypes<RootState>()
