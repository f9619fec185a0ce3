import { type AnyModel, defineModel } from '@foldback/core'
import { orderTotalSlice } from './long-stream.ts'
import { salesOrderSlice } from './model.ts'

const options = {
  streamId: ({ payload }: { readonly payload: { readonly id: string } }) => payload.id,
  creates: ['created' as const],
}

/** The model of records that stay small. */
export const orderTotals: AnyModel = defineModel(orderTotalSlice, options)

/** Models by the names that a server's child is started with. */
export const modelsOf = {
  orderTotals,
  /** What the next version of an app would have: no record that the one before has kept is used. */
  nextSalesOrders: defineModel(salesOrderSlice, { ...options, version: 2 }) as AnyModel,
}
