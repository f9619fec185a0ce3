import { createSync, type SyncStatus } from '@foldback/client'
import { defineModel } from '@foldback/core'
import { createSlice, type PayloadAction } from '@reduxjs/toolkit'
import { expectTypeOf } from 'vitest'
import { SyncProvider, useSync } from './sync-provider.ts'
import { useCollection } from './use-collection.ts'
import { usePending } from './use-pending.ts'
import { useRecord } from './use-record.ts'
import { useSyncStatus } from './use-sync-status.ts'

interface SalesOrder {
  id: string
  customer: string
}

const salesOrderSlice = createSlice({
  name: 'salesOrder',
  initialState: null as SalesOrder | null,
  reducers: {
    created: (_, { payload }: PayloadAction<{ id: string; customer: string }>) => payload,
    deleted: (_order, _action: PayloadAction<{ id: string }>) => null,
  },
})
const boardSlice = createSlice({
  name: 'board',
  initialState: { notes: [] as string[] },
  reducers: { noted: (board, { payload }: PayloadAction<string>) => void board.notes.push(payload) },
})
const salesOrders = defineModel(salesOrderSlice, { streamId: (action) => action.payload.id })
const board = defineModel(boardSlice)
const settings = defineModel({ ...boardSlice, name: 'settings' }, { stream: 'user' })

// From the slice to the hook.

expectTypeOf(useRecord(salesOrders, '1')).toEqualTypeOf<SalesOrder | null | undefined>()
expectTypeOf(useRecord(board)).toEqualTypeOf<{ notes: string[] }>()
expectTypeOf(useRecord(settings)).toEqualTypeOf<{ notes: string[] }>()
expectTypeOf(useCollection(salesOrders)).toEqualTypeOf<readonly SalesOrder[] | undefined>()
expectTypeOf(useSyncStatus()).toEqualTypeOf<SyncStatus>()
for (const { type, payload } of usePending(salesOrders, '1')) {
  expectTypeOf(type).toEqualTypeOf<'salesOrder/created' | 'salesOrder/deleted'>()
  if (type === 'salesOrder/created') expectTypeOf(payload.customer).toEqualTypeOf<string>()
}

// A sync of any models fits the provider.

void SyncProvider({ sync: createSync({ url: 'ws://localhost:4000', models: [salesOrders, board] }) })
expectTypeOf(useSync().connect).toEqualTypeOf<() => void>()

// What cannot work does not compile.

// @ts-expect-error -- there is one for each id
useRecord(salesOrders)
// @ts-expect-error -- an id is a string
useRecord(salesOrders, 1)
// @ts-expect-error -- there is only one
useRecord(board, '1')
// @ts-expect-error -- there is only one for each user
useRecord(settings, '1')
// @ts-expect-error -- it may be missing, or not loaded
void useRecord(salesOrders, '1').customer
// @ts-expect-error -- the record has no such field
void useRecord(salesOrders, '1')?.total
// @ts-expect-error -- a customer is a string
void useRecord(salesOrders, '1')?.customer.toFixed()
// @ts-expect-error -- the records have no such field
void useCollection(salesOrders)?.map(({ total }) => total)
// @ts-expect-error -- not every pending action has a customer
void usePending(salesOrders, '1')[0]?.payload.customer
// @ts-expect-error -- a note is a string
usePending(board)[0]?.payload.toFixed()
// @ts-expect-error -- there is only one
useCollection(board)
// @ts-expect-error -- it may not be loaded
void useCollection(salesOrders).length
// @ts-expect-error -- a model, not its slice
usePending(salesOrderSlice)
