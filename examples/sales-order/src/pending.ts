import { usePending } from '@foldback/react'
import { useMemo } from 'react'
import { salesOrders, type SalesOrderAction } from './model/sales-order.ts'

/** What of an order is not saved yet. */
export interface PendingParts {
  any: boolean
  customer: boolean
  status: boolean
  total: boolean
  lines: ReadonlySet<string>
}

export function useOrderPending(id: string): PendingParts {
  const actions = usePending(salesOrders, id)
  return useMemo(() => pendingParts(actions), [actions])
}

export function usePendingOrderIds(): ReadonlySet<string> {
  const actions = usePending(salesOrders)
  return useMemo(() => new Set(actions.map((action) => action.payload.id)), [actions])
}

function pendingParts(actions: readonly SalesOrderAction[]): PendingParts {
  const types = new Set(actions.map((action) => action.type))
  const lines = actions.flatMap((action) => ('lineId' in action.payload ? [action.payload.lineId] : []))
  return {
    any: actions.length > 0,
    customer: types.has('salesOrder/created') || types.has('salesOrder/customerChanged'),
    status: (['submitted', 'shipped', 'cancelled'] as const).some((name) => types.has(`salesOrder/${name}`)),
    total: lines.length > 0,
    lines: new Set(lines),
  }
}
