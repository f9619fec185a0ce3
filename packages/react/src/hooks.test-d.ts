import { createSync, type Rejection, type SyncStatus as Status } from '@foldback/client'
import { type Action, defineModel } from '@foldback/core'
import { createSlice, type PayloadAction } from '@reduxjs/toolkit'
import { expectTypeOf } from 'vitest'
import { statusTexts } from './status-texts.ts'
import { SyncProvider, useSync } from './sync-provider.ts'
import { SyncStatus } from './sync-status.ts'
import { useCollection } from './use-collection.ts'
import { useIsLoaded } from './use-is-loaded.ts'
import { usePending } from './use-pending.ts'
import { useRecord } from './use-record.ts'
import { useRejected } from './use-rejected.ts'
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
expectTypeOf(useIsLoaded(salesOrders)).toEqualTypeOf<boolean>()
expectTypeOf(useIsLoaded(salesOrders, '1')).toEqualTypeOf<boolean>()
expectTypeOf(useIsLoaded(board)).toEqualTypeOf<boolean>()
expectTypeOf(useSyncStatus()).toEqualTypeOf<Status>()
expectTypeOf(statusTexts(useSyncStatus()).storage).toEqualTypeOf<string | undefined>()
for (const { type, payload } of usePending(salesOrders, '1')) {
  expectTypeOf(type).toEqualTypeOf<'salesOrder/created' | 'salesOrder/deleted'>()
  if (type === 'salesOrder/created') expectTypeOf(payload.customer).toEqualTypeOf<string>()
}

const { rejected, retry, edit, discard } = useRejected()
expectTypeOf(rejected).toEqualTypeOf<readonly Rejection[]>()
expectTypeOf(retry(rejected[0]!)).toEqualTypeOf<Action>()
edit(rejected[0]!, salesOrderSlice.actions.deleted({ id: '1' }))
discard(rejected[0]!)

void SyncStatus({})
void SyncStatus({ className: 'badge', children: ({ phase, pending }) => `${phase} ${pending}` })

// A sync of any models fits the provider.

void SyncProvider({ sync: createSync({ url: 'ws://localhost:4000', models: [salesOrders, board] }) })
expectTypeOf(useSync().connect).toEqualTypeOf<() => void>()

// What cannot work does not compile.

// @ts-expect-error -- there is one for each id
useRecord(salesOrders)
// @ts-expect-error -- an id is a string
useRecord(salesOrders, 1)
// @ts-expect-error -- a model, not its slice
useRecord(boardSlice)
// @ts-expect-error -- there may be none, as of a route without one
useRecord(salesOrders, undefined as string | undefined)
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
// @ts-expect-error -- only what was refused can be tried again
retry(salesOrderSlice.actions.deleted({ id: '1' }))
// @ts-expect-error -- something has to take its place
edit(rejected[0]!)
// @ts-expect-error -- the list is made by what is refused
rejected.push(rejected[0]!)
// @ts-expect-error -- one of the phases
void (useSyncStatus().phase === 'offline')
// @ts-expect-error -- markup is made by a function, which gets the status
void SyncStatus({ children: 'Connected' })
// @ts-expect-error -- its status is that of the sync above it
void SyncStatus({ status: useSyncStatus() })
