import { createServer, type FoldbackServer, type ServerLimits, sqlite } from '@foldback/server'
import { answerCalls } from '../answering.ts'
import { modelsOf } from '../order-totals.ts'
import { userLimits } from './user-limits.ts'

/* Foldback on a log that is there already. */

export interface LogServerOptions {
  readonly path: string
  readonly model: keyof typeof modelsOf
  readonly limits?: Partial<ServerLimits>
}

let server: FoldbackServer

answerCalls({
  async start({ path, model, limits }: LogServerOptions) {
    server = await createServer({
      models: [modelsOf[model]],
      store: sqlite(path),
      authenticate: ({ token }) => ({ actor: token ?? 'reader' }),
      limits: { ...userLimits, ...limits },
      log: 'error',
    })
    const { port } = await server.listen(0, '127.0.0.1')
    return port
  },
  close: () => server.close(),
})
