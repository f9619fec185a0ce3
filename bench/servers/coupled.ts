import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { WebSocketServer } from 'ws'
import { answerCalls } from '../answering.ts'
import { type OrderAction, type SalesOrder, salesOrderSlice } from '../model.ts'

/*
 * The coupled design as one writes it first: an action is folded, its sender gets the sales order at once, then the
 * event is written, then the record. One action after the other, each write a transaction of its own.
 */

const { reducer } = salesOrderSlice
const orders = new Map<string, SalesOrder | null>()

answerCalls({
  async start({ folder }: { readonly folder: string }) {
    const database = new DatabaseSync(join(folder, 'orders.db'))
    database.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      CREATE TABLE salesOrder_events (id INTEGER PRIMARY KEY, salesOrder TEXT NOT NULL, action TEXT NOT NULL) STRICT;
      CREATE TABLE salesOrder (id TEXT PRIMARY KEY, state TEXT NOT NULL) STRICT`)
    const writeEvent = database.prepare('INSERT INTO salesOrder_events (salesOrder, action) VALUES (?, ?)')
    const writeRecord = database.prepare(
      'INSERT INTO salesOrder VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET state = excluded.state',
    )
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false })
    server.on('connection', (socket) => {
      socket.on('message', (data: Buffer) => {
        const text = data.toString()
        const action = JSON.parse(text) as OrderAction
        const { id } = action.payload
        const order = reducer(orders.get(id), action)
        orders.set(id, order)
        const state = JSON.stringify(order)
        socket.send(state)
        writeEvent.run(id, text)
        writeRecord.run(id, state)
      })
    })
    await once(server, 'listening')
    return (server.address() as AddressInfo).port
  },
})
