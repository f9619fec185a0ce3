import { createServer, sqlite } from '@foldback/server'
import sirv from 'sirv'
import { refusal } from './rules.ts'
import { salesOrders } from './src/model/sales-order.ts'

const { PORT = 4000, DATA_DIR = './data' } = process.env
const server = await createServer({
  models: [salesOrders],
  store: sqlite(`${DATA_DIR}/orders.db`),
  rules: { salesOrder: { guard: refusal } },
  handler: sirv(`${import.meta.dirname}/dist`, { single: true }),
})
const { port } = await server.listen(Number(PORT))

console.log(`
From another terminal:  npx wscat -c ws://localhost:${port}
then paste an action:   {"type":"salesOrder/created","payload":{"id":"1","customer":"Ada Lovelace"}}

Sales orders: http://localhost:${port}`)
