import { defineModel } from '@foldback/core'
import { boardPayloads } from './board-payloads.ts'
import { boardSlice } from './board.ts'
import { salesOrders, salesOrderSlice } from './sales-order.ts'
import { settingsPayloads } from './settings-payloads.ts'
import { settingsSlice } from './settings.ts'
import { stockPayloads } from './stock-payloads.ts'
import { stockSlice } from './stock.ts'

export const board = defineModel(boardSlice, { schemas: boardPayloads })
export const settings = defineModel(settingsSlice, { stream: 'user', schemas: settingsPayloads })
// An order is shipped in both models, or in neither.
const stockActions = { ...stockSlice.actions, shipped: salesOrderSlice.actions.shipped }
export const stock = defineModel({ ...stockSlice, actions: stockActions }, { schemas: stockPayloads })

export const models = [salesOrders, board, settings, stock] as const
