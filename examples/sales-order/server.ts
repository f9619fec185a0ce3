import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createServer, sqlite } from '@foldback/server'
import sirv from 'sirv'
import { rules } from './rules.ts'
import { models } from './src/model/index.ts'

const dataDir = process.env['DATA_DIR'] ?? './data'
const dist = fileURLToPath(new URL('./dist', import.meta.url))

mkdirSync(dataDir, { recursive: true })
const store = sqlite(join(dataDir, 'orders.db'))
const server = await createServer({ models, store, rules, handler: sirv(dist, { single: true }) })
const { port } = await server.listen(Number(process.env['PORT'] ?? 4000))

console.log(`
From another terminal:  npx wscat -c ws://localhost:${port}
then paste an action:   {"type":"salesOrder/created","payload":{"id":"1","customer":"Ada Lovelace"}}

Sales orders: http://localhost:${port}`)
