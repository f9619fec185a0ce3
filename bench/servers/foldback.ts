import { join } from 'node:path'
import { createServer, type FoldbackServer, sqlite } from '@foldback/server'
import { answerCalls } from '../answering.ts'
import { models } from '../model.ts'
import { userLimits } from './user-limits.ts'

/* Foldback as somebody would run it: SQLite with `synchronous=FULL`, and a user for each client. */

let server: FoldbackServer

answerCalls({
  async start({ folder }: { readonly folder: string }) {
    server = await createServer({
      models,
      store: sqlite(join(folder, 'orders.db')),
      authenticate: ({ token }) => (token === undefined ? undefined : { actor: token }),
      limits: userLimits,
      log: 'error',
    })
    const { port } = await server.listen(0, '127.0.0.1')
    return port
  },
  close: () => server.close(),
})
