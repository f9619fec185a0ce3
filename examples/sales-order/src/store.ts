import { createSync } from '@foldback/client'
import { configureStore } from '@reduxjs/toolkit'
import { useDispatch, useSelector } from 'react-redux'
import { models } from './model/index.ts'
import { uiSlice } from './ui-slice.ts'

const url = `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}`
export const sync = createSync({ url, models })

export const store = configureStore({
  reducer: { ...sync.reducers, ui: uiSlice.reducer },
  middleware: (getDefault) => getDefault().concat(sync.middleware),
})

export const useAppDispatch = useDispatch.withTypes<typeof store.dispatch>()
export const useAppSelector = useSelector.withTypes<ReturnType<typeof store.getState>>()
