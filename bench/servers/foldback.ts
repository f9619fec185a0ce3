import { join } from 'node:path'
import { createServer, type ServerLimits, sqlite } from '@foldback/server'
import { answerCalls } from '../answering.ts'
import { models } from '../model.ts'

/* Foldback as somebody would run it: SQLite with `synchronous=FULL`, and a user for each client. */

/**
 * Bounds that keep one user from taking everything for themselves; here that is what is measured. All others are the
 * defaults.
 */
const limits: Partial<ServerLimits> = {
  actionsPerSecondMax: 10_000_000,
  actionsBurstMax: 10_000_000,
  bytesPerSecondMax: 10_000_000_000,
  bytesBurstMax: 10_000_000_000,
  handlingPercentMax: 100,
  connectionsPerAddressMax: 20_000,
}

answerCalls({
  async start({ folder }: { readonly folder: string }) {
    const server = await createServer({
      models,
      store: sqlite(join(folder, 'orders.db')),
      authenticate: ({ token }) => (token === undefined ? undefined : { actor: token }),
      limits,
      log: 'error',
    })
    const { port } = await server.listen(0, '127.0.0.1')
    return port
  },
})
