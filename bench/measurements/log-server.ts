import { Child } from '../child.ts'
import type { LogServerOptions } from '../servers/foldback-on-log.ts'

export interface LogServer {
  readonly server: Child
  readonly port: number
}

/** A Foldback server on a log, in a process of its own, for as long as `work` takes; then it is closed. */
export async function onLog<Result>(
  options: LogServerOptions,
  work: (server: LogServer) => Promise<Result>,
): Promise<Result> {
  const server = await Child.start(new URL('../servers/foldback-on-log.ts', import.meta.url))
  try {
    const port = await server.call<number>('start', options)
    const result = await work({ server, port })
    await server.call('close')
    return result
  } finally {
    await server.stop()
  }
}
