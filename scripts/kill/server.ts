import { randomUUID } from 'node:crypto'
import { createServer, sqlite } from '@foldback/server'
import { models, rulesWith } from './models.ts'

/*
 * The server that is killed, a process of its own: `server.ts <database> <port>`. It tells its parent when it listens,
 * takes a token for the user's name, and ends with its parent.
 */

const [, , path, port] = process.argv
process.once('disconnect', () => process.exit())
const server = await createServer({
  models,
  store: sqlite(path!),
  authenticate: ({ token }) => (token === undefined ? undefined : { actor: token }),
  rules: rulesWith(randomUUID),
  // So small that records are written, let go and loaded again all the time.
  limits: { cachedRecordBytesMax: 50_000, cachedLanesMax: 2, restMs: 50 },
  log: 'error',
  development: false,
})
process.send!(await server.listen(Number(port), '127.0.0.1'))
