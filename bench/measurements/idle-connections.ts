import type { Measurement, Scale, Values } from '../measurement.ts'
import { LoadedServer, type PairFiles } from './loaded-server.ts'

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

/** What a connection adds to the memory of a fresh server; the first ones do not count. */
async function whenIdle(files: PairFiles, scale: Scale): Promise<Values> {
  const pair = new LoadedServer(files)
  try {
    await pair.start(scale.folder)
    const clients = clientsOf(scale)
    const before = await pair.connected({ clients: firstClients }, ({ server }) => server.residentBytes())
    const after = await pair.connected({ clients: firstClients + clients }, ({ server }) =>
      server.residentBytes(),
    )
    return { bytesPerConnection: (after - before) / clients }
  } finally {
    await pair.stop()
  }
}
