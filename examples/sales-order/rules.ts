import type { Rules } from '@foldback/server'
import { boardRefusal } from './board-rules.ts'
import type { Refusal } from './refusal.ts'
import { type Goods, quantities } from './src/model/goods.ts'
import type { models } from './src/model/models.ts'
import { limits } from './src/model/payloads.ts'
import type { SalesOrder, SalesOrderAction } from './src/model/sales-order.ts'
import { formatNumber } from './src/money.ts'
import { stockRefusal } from './stock-rules.ts'

const totalMax = 1_000_000_000_000_000

/** What the business does not allow, model by model. An action that concerns two models must please both. */
export const rules: Rules<typeof models> = {
  salesOrder: { guard: refusal },
  stock: { guard: stockRefusal },
  board: { guard: boardRefusal },
}

/** What a real order does not allow. It runs on the server, against the record that everybody shares. */
export function refusal(order: SalesOrder | null, action: SalesOrderAction): Refusal | undefined {
  if (action.type === 'salesOrder/created') {
    return order
      ? {
          code: 'order-exists',
          message: `Order ${order.id} exists already. Open it, or create one with another id.`,
        }
      : undefined
  }
  if (!order) return undefined

  switch (action.type) {
    case 'salesOrder/customerChanged':
      return notDraft(order)
    case 'salesOrder/lineAdded':
      return notDraft(order) ?? cannotAdd(order, action.payload)
    case 'salesOrder/lineQuantityChanged':
      return notDraft(order) ?? cannotChangeQuantity(order, action.payload)
    case 'salesOrder/lineRemoved':
      return notDraft(order) ?? missingLine(order, action.payload.lineId)
    case 'salesOrder/submitted':
      return cannotSubmit(order)
    case 'salesOrder/shipped':
      return cannotShip(order, action.payload.taken)
    case 'salesOrder/cancelled':
      return cannotCancel(order)
    case 'salesOrder/deleted':
      return cannotDelete(order)
  }
}

function notDraft(order: SalesOrder): Refusal | undefined {
  if (order.status === 'draft') return undefined
  return {
    code: 'order-not-draft',
    message: `A ${order.status} order can no longer be changed. Create a new order for what should be different.`,
  }
}

function missingLine(order: SalesOrder, lineId: string): Refusal | undefined {
  if (order.lines.some((line) => line.id === lineId)) return undefined
  return {
    code: 'no-such-line',
    message: 'This line is no longer on the order. Add it again if it is still needed.',
  }
}

function cannotAdd(
  order: SalesOrder,
  line: { lineId: string; quantity: number; unitPrice: number },
): Refusal | undefined {
  if (order.lines.some((each) => each.id === line.lineId)) {
    return {
      code: 'line-exists',
      message:
        'The order has a line with this id already. Change its quantity, or add the line with another id.',
    }
  }
  if (order.lines.length >= limits.linesMax) {
    return {
      code: 'order-too-large',
      message: 'An order has at most 1,000 lines. Put the rest on another order.',
    }
  }
  return tooLarge(order.total + line.quantity * line.unitPrice)
}

function cannotChangeQuantity(
  order: SalesOrder,
  change: { lineId: string; quantity: number },
): Refusal | undefined {
  const line = order.lines.find((each) => each.id === change.lineId)
  if (!line) return missingLine(order, change.lineId)
  return tooLarge(order.total + (change.quantity - line.quantity) * line.unitPrice)
}

/** Beyond this, a total would no longer be exact to the cent. */
function tooLarge(total: number): Refusal | undefined {
  if (total <= totalMax) return undefined
  return {
    code: 'order-too-large',
    message: 'The total of an order is at most 10,000,000,000,000.00. Put the rest on another order.',
  }
}

function cannotSubmit(order: SalesOrder): Refusal | undefined {
  if (order.status === 'submitted') {
    return {
      code: 'already-submitted',
      message: 'This order is submitted already. There is nothing left to do.',
    }
  }
  if (order.status !== 'draft') {
    return {
      code: 'order-not-draft',
      message: `A ${order.status} order cannot be submitted. Create a new order instead.`,
    }
  }
  if (order.lines.length > 0) return undefined
  return { code: 'no-lines', message: 'An order needs at least one line. Add a line, then submit it again.' }
}

function cannotShip(order: SalesOrder, taken: readonly Goods[]): Refusal | undefined {
  if (order.status === 'shipped') {
    return { code: 'already-shipped', message: 'This order is shipped already. There is nothing left to do.' }
  }
  if (order.status === 'cancelled') {
    return {
      code: 'order-cancelled',
      message: 'A cancelled order cannot be shipped. Create a new order instead.',
    }
  }
  if (order.status === 'draft') {
    return {
      code: 'order-not-submitted',
      message: 'A draft cannot be shipped. Submit the order first, then ship it.',
    }
  }
  return wrongGoods(quantities(order.lines), quantities(taken))
}

function wrongGoods(
  ordered: ReadonlyMap<string, number>,
  taken: ReadonlyMap<string, number>,
): Refusal | undefined {
  for (const sku of new Set([...ordered.keys(), ...taken.keys()])) {
    const [right, wrong] = [ordered.get(sku) ?? 0, taken.get(sku) ?? 0]
    if (right === wrong) continue
    return {
      code: 'goods-not-ordered',
      message: `The order is for ${formatNumber(right)} of ${sku}, and ${formatNumber(wrong)} would be taken. Take exactly what is ordered.`,
    }
  }
  return undefined
}

function cannotCancel(order: SalesOrder): Refusal | undefined {
  if (order.status === 'shipped') {
    return {
      code: 'order-shipped',
      message: 'A shipped order cannot be cancelled. Its goods have left; ask the customer to return them.',
    }
  }
  if (order.status !== 'cancelled') return undefined
  return {
    code: 'already-cancelled',
    message: 'This order is cancelled already. There is nothing left to do.',
  }
}

function cannotDelete(order: SalesOrder): Refusal | undefined {
  if (order.status === 'shipped') {
    return {
      code: 'order-shipped',
      message: 'A shipped order cannot be deleted. It stays, because its goods have left.',
    }
  }
  if (order.status !== 'submitted') return undefined
  return {
    code: 'order-submitted',
    message: 'A submitted order cannot be deleted. Cancel it first, then delete it.',
  }
}
