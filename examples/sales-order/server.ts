import { closeOnSignals, createServer, sqlite } from '@foldback/server'
import { page } from './page.ts'
import { rules } from './rules.ts'
import { models } from './src/model/models.ts'
import { authenticate } from './users.ts'

const { PORT = 4000, DATA_DIR = './data' } = process.env
const server = await createServer({
  models,
  store: sqlite(`${DATA_DIR}/orders.db`),
  authenticate,
  rules,
  handler: page,
})
const { port } = await server.listen(Number(PORT))
closeOnSignals(server)

console.log(`
From another terminal:  npx wscat -c ws://localhost:${port}
then paste an action:   {"type":"salesOrder/created","payload":{"id":"1","customer":"Ada Lovelace"}}

Sales orders: http://localhost:${port}`)
