import { salesOrders } from './sales-order.ts'

export const models = [salesOrders] as const
