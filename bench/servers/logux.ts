import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Logger, Server } from '@logux/server'
import { answerCalls } from '../answering.ts'
import { type OrderAction, type SalesOrder, salesOrderSlice } from '../model.ts'

/*
 * Logux as its documentation has it: `process` runs what the action is to do, then the client is told that it is
 * processed. Here that is the least it could be: the order is folded in memory. Neither the actions nor the orders are
 * kept on disk; its log forgets an action that nobody gives a reason to keep.
 */

const { reducer, actions } = salesOrderSlice
const orders = new Map<string, SalesOrder | null>()

/** A logger of the level that production has. Two lines for each action would be most of what is measured. */
const logger: Logger = {
  debug() {},
  info() {},
  warn: console.warn,
  error: console.error,
  fatal: console.error,
}

answerCalls({
  async start() {
    const http = createServer()
    const server = new Server({ subprotocol: 1, minSubprotocol: 1, server: http, logger })
    server.auth(() => true)
    for (const { type } of Object.values(actions)) {
      server.type(type, {
        access: () => true,
        process(_context, action) {
          const { id } = (action as OrderAction).payload
          orders.set(id, reducer(orders.get(id), action))
        },
      })
    }
    await server.listen()
    http.listen(0, '127.0.0.1')
    await once(http, 'listening')
    return (http.address() as AddressInfo).port
  },
})
