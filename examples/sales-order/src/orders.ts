import { useCollection, useRecord } from '@foldback/react'
import { salesOrders } from './model/sales-order.ts'

/** The order; null when there is none with this id; undefined while it is not known yet. */
export const useOrder = (id: string) => useRecord(salesOrders, id)

/** All orders, or those that this device knows; undefined while none are known yet. */
export const useOrders = () => useCollection(salesOrders)
