import type { Measurement, Scale, Values } from '../measurement.ts'
import { Child } from '../child.ts'
import { type PairFiles, withPair } from './under-load.ts'

export const idleSockets: Measurement = {
  name: 'ws, idle connections',
  about: 'Connections to the echo server that say nothing.',
  round: (scale) => whenIdle({ server: 'echo.ts', load: 'echo.ts' }, scale),
}

export const idleSessions: Measurement = {
  name: 'Foldback, idle connections',
  about: 'Sessions that are welcomed with a lane, subscribed to all orders and synced, and then say nothing.',
  round: (scale) => whenIdle({ server: 'foldback.ts', load: 'fanout.ts' }, scale),
}

/** Until so many are there, the server makes what it needs for any. */
const firstClients = 200

const clientsOf = ({ name }: Scale): number => (name === 'full' ? 5_000 : 1_500)

/** What a connection adds to the server's memory: the first ones do not count. */
function whenIdle(files: PairFiles, scale: Scale): Promise<Values> {
  const clients = clientsOf(scale)
  return withPair(files, { clients: firstClients }, scale, async ({ server, port }) => {
    const before = await server.residentBytes()
    const crowd = await Child.start(new URL(`../loads/${files.load}`, import.meta.url))
    try {
      await crowd.call('connect', { port, clients })
      return { bytesPerConnection: ((await server.residentBytes()) - before) / clients }
    } finally {
      await crowd.stop()
    }
  })
}
