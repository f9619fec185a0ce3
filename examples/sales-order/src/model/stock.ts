import { createSlice, type PayloadAction } from '@reduxjs/toolkit'
import { type Goods, quantities } from './goods.ts'
import { salesOrderSlice } from './sales-order.ts'
import type { StockPayloads } from './stock-payloads.ts'

export interface Stock {
  /** One for each SKU, in the order of the SKUs. None is below 0. */
  items: Goods[]
}

/** What is on the shelves. Shipping an order takes from it. */
export const stockSlice = createSlice({
  name: 'stock',
  initialState: (): Stock => ({ items: [] }),
  reducers: {
    received(stock, { payload: { sku, quantity } }: PayloadAction<StockPayloads['received']>) {
      setLevel(stock, sku, (stock.items.find((item) => item.sku === sku)?.quantity ?? 0) + quantity)
    },
    counted(stock, { payload: { sku, quantity } }: PayloadAction<StockPayloads['counted']>) {
      setLevel(stock, sku, quantity)
    },
    removed(stock, { payload }: PayloadAction<StockPayloads['removed']>) {
      stock.items = stock.items.filter((item) => item.sku !== payload.sku)
    },
  },
  extraReducers: (builder) =>
    builder.addCase(salesOrderSlice.actions.shipped, (stock, { payload }) => {
      const taken = quantities(payload.taken)
      for (const item of stock.items) item.quantity = Math.max(0, item.quantity - (taken.get(item.sku) ?? 0))
    }),
})

function setLevel(stock: Stock, sku: string, quantity: number) {
  const item = stock.items.find((each) => each.sku === sku)
  if (item) item.quantity = quantity
  else stock.items = [...stock.items, { sku, quantity }].sort((a, b) => (a.sku < b.sku ? -1 : 1))
}

type Actions = typeof stockSlice.actions
export type StockAction = ReturnType<Actions[keyof Actions]>
