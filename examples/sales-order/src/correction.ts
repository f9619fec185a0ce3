import { fieldErrors } from './field-errors.ts'
import { newOrderId, newTaskId } from './ids.ts'
import { boardPayloads } from './model/board-payloads.ts'
import { boardSlice, type Board, type Task } from './model/board.ts'
import { payloads } from './model/payloads.ts'
import { salesOrderSlice, type SalesOrder } from './model/sales-order.ts'
import { stockPayloads } from './model/stock-payloads.ts'
import { stockSlice } from './model/stock.ts'
import { parseCents, parseQuantity } from './money.ts'
import { isSharedAction, type SharedAction } from './refusal.ts'

const { created, customerChanged, lineAdded, lineQuantityChanged } = salesOrderSlice.actions
const { taskAdded, taskChanged } = boardSlice.actions
const { received, counted } = stockSlice.actions

/** A form for what was typed and refused. */
export interface Correction {
  fields: readonly CorrectedField[]
  /** The action to dispatch in its place, from what is in the fields now, in their order. */
  make: (...typed: string[]) => SharedAction
}

export interface CorrectedField {
  name: 'customer' | 'sku' | 'quantity' | 'unitPrice' | 'title' | 'note'
  value: string
}

/** What is on the screen, and so can be changed at all. */
export interface Known {
  salesOrder: { entities: Readonly<Record<string, SalesOrder>> }
  board: Board
}

/** Undefined where other values would be refused as well, or there are none. */
export function correctionOf(action: { type: string }, known: Known): Correction | undefined {
  if (!isSharedAction(action)) return undefined
  switch (action.type) {
    case 'salesOrder/created':
      // The number may be what was refused.
      return {
        fields: [{ name: 'customer', value: action.payload.customer }],
        make: (customer = '') => created({ id: newOrderId(), customer }),
      }
    case 'salesOrder/customerChanged': {
      const { id, customer: value } = action.payload
      if (!isDraft(known, id)) return undefined
      return {
        fields: [{ name: 'customer', value }],
        make: (customer = '') => customerChanged({ id, customer }),
      }
    }
    case 'salesOrder/lineAdded': {
      const { payload } = action
      if (!isDraft(known, payload.id)) return undefined
      return {
        fields: [
          { name: 'sku', value: payload.sku },
          { name: 'quantity', value: String(payload.quantity) },
          { name: 'unitPrice', value: (payload.unitPrice / 100).toFixed(2) },
        ],
        make: (sku = '', quantity = '', price = '') =>
          lineAdded({ ...payload, sku, quantity: parseQuantity(quantity), unitPrice: parseCents(price) }),
      }
    }
    case 'salesOrder/lineQuantityChanged': {
      const { payload } = action
      if (!isDraft(known, payload.id)?.lines.some(({ id }) => id === payload.lineId)) return undefined
      return quantityCorrection(payload.quantity, (quantity) => lineQuantityChanged({ ...payload, quantity }))
    }
    case 'board/taskAdded':
      return taskCorrection(action.payload, (texts) => taskAdded({ ...action.payload, ...texts }))
    case 'board/taskChanged': {
      const { id } = action.payload
      const task = known.board.entities[id]
      return taskCorrection({ title: '', note: '', ...task, ...action.payload.changes }, (texts) =>
        // Somebody has removed it: what was written goes on as a new one.
        task ? taskChanged({ id, changes: texts }) : taskAdded({ id: newTaskId(), column: 'todo', ...texts }),
      )
    }
    case 'stock/received':
    case 'stock/counted': {
      const { sku, quantity: value } = action.payload
      const make = action.type === 'stock/received' ? received : counted
      return quantityCorrection(value, (quantity) => make({ sku, quantity }))
    }
    case 'salesOrder/lineRemoved':
    case 'salesOrder/submitted':
    case 'salesOrder/shipped':
    case 'salesOrder/cancelled':
    case 'salesOrder/deleted':
    case 'board/taskMoved':
    case 'board/taskRemoved':
    case 'stock/removed':
      return undefined
  }
}

function isDraft({ salesOrder }: Known, id: string): SalesOrder | undefined {
  const order = salesOrder.entities[id]
  return order?.status === 'draft' ? order : undefined
}

const quantityCorrection = (value: number, make: (quantity: number) => SharedAction): Correction => ({
  fields: [{ name: 'quantity', value: String(value) }],
  make: (quantity = '') => make(parseQuantity(quantity)),
})

type TaskTexts = Pick<Task, 'title' | 'note'>

const taskCorrection = (before: TaskTexts, make: (texts: TaskTexts) => SharedAction): Correction => ({
  fields: [
    { name: 'title', value: before.title },
    { name: 'note', value: before.note },
  ],
  make: (title = '', note = '') => make({ title, note }),
})

const schemas: Readonly<
  Record<string, { safeParse: (payload: unknown) => Parameters<typeof fieldErrors>[0] }>
> = Object.fromEntries(
  Object.entries({ salesOrder: payloads, board: boardPayloads, stock: stockPayloads }).flatMap(
    ([model, ofModel]) =>
      Object.entries(ofModel).map(([name, schema]) => [`${model}/${name}`, schema] as const),
  ),
)

/** What is wrong with an action, by field. */
export const errorsIn = ({ type, payload }: SharedAction): Record<string, string> =>
  fieldErrors(schemas[type]!.safeParse(payload))
