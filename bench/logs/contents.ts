import type { AnyModel } from '@foldback/core'
import { longStreamActions } from '../long-stream.ts'
import { eventsPerOrder, lineOf, linesPerOrder, salesOrders } from '../model.ts'
import { orderTotals } from '../order-totals.ts'
import { Zipf } from '../zipf.ts'
import type { BulkLog } from './bulk-log.ts'

/* What the logs of the benchmark have in them. */

export interface Contents {
  readonly model: AnyModel
  readonly write: (log: BulkLog) => void
}

const created = 'salesOrder/created'
const lineAdded = 'salesOrder/lineAdded'
const customer = 'Ada Lovelace'
const lines = Array.from({ length: linesPerOrder }, (_, index) => lineOf(index + 1))
const lineTexts = lines.map((line) => JSON.stringify(line))
const prices = lines.map(({ quantity, unitPrice }) => quantity * unitPrice)

const writers = 20

/** How many orders there are in the log below. */
export function orderCountOf(eventCount: number): number {
  const eventsOfFirst = Math.ceil(eventCount / writers)
  const ordersEach = Math.floor((eventsOfFirst - 1) / eventsPerOrder)
  return ordersEach * writers + Math.min(writers, eventCount - ordersEach * eventsPerOrder * writers)
}

/** Sales orders of 50 lines, written by 20 at the same time, each order's record beside it. */
export function orders(eventCount: number): Contents {
  const orderOf = (index: number) => {
    const turn = Math.floor(index / writers)
    return { id: `w${index % writers}-${Math.floor(turn / eventsPerOrder)}`, line: turn % eventsPerOrder }
  }
  return {
    model: salesOrders,
    write(log) {
      const lineCounts = new Map<string, number>()
      for (let index = 0; index < eventCount; index++) {
        const { id, line } = orderOf(index)
        lineCounts.set(id, line)
        if (line === 0) log.add(id, created, `{"id":"${id}","customer":"${customer}"}`)
        else log.add(id, lineAdded, `{"id":"${id}","line":${lineTexts[line - 1]}}`)
      }
      for (const [id, count] of lineCounts) {
        const total = prices.slice(0, count).reduce((sum, price) => sum + price, 0)
        const own = lineTexts.slice(0, count).join(',')
        log.keep(id, `{"id":"${id}","customer":"${customer}","lines":[${own}],"total":${total}}`)
      }
    },
  }
}

/** Names of the orders below: not in the order of their popularity, nor of their making. */
export const totalName = (index: number): string => `order-${(index * 2_654_435_761) % 2 ** 32}`

/** Order totals, whose records stay small: each made once, and lines added to orders chosen by Zipf's law. */
export function totals(eventCount: number, streamCount: number): Contents {
  return {
    model: orderTotals,
    write(log) {
      const lineCounts = new Uint32Array(streamCount)
      const sums = new Float64Array(streamCount)
      for (let index = 0; index < streamCount; index++) {
        const id = totalName(index)
        log.add(id, created, `{"id":"${id}","customer":"${customer}"}`)
      }
      const zipf = new Zipf(streamCount)
      for (let count = streamCount; count < eventCount; count++) {
        const index = zipf.next()
        const line = lineCounts[index]! % linesPerOrder
        lineCounts[index]! += 1
        sums[index]! += prices[line]!
        log.add(totalName(index), lineAdded, `{"id":"${totalName(index)}","line":${lineTexts[line]}}`)
      }
      for (let index = 0; index < streamCount; index++) {
        const [id, lineCount, total] = [totalName(index), lineCounts[index], sums[index]]
        log.keep(id, `{"id":"${id}","customer":"${customer}","lineCount":${lineCount},"total":${total}}`)
      }
    },
  }
}

/** Two streams of 10,000 events, without their records. */
export function longStreams(): Contents {
  return {
    model: orderTotals,
    write(log) {
      for (const id of ['a', 'b'])
        for (const { type, payload } of longStreamActions(id)) log.add(id, type, JSON.stringify(payload))
    },
  }
}
