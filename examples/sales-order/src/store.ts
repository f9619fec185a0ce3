import { createSync } from '@foldback/client'
import { configureStore } from '@reduxjs/toolkit'
import { useDispatch, useSelector } from 'react-redux'
import { salesOrders } from './model/sales-order.ts'
import { uiSlice } from './ui-slice.ts'

export const sync = createSync({ url: location.origin.replace('http', 'ws'), models: [salesOrders] })

export const store = configureStore({
  reducer: { ...sync.reducers, ui: uiSlice.reducer },
  middleware: (getDefault) => getDefault().concat(sync.middleware),
})

export const useAppDispatch = useDispatch.withTypes<typeof store.dispatch>()
export const useAppSelector = useSelector.withTypes<ReturnType<typeof store.getState>>()
