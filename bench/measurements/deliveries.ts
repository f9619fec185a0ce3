import type { Measurement, Scale } from '../measurement.ts'
import type { PairFiles } from './loaded-server.ts'
import { throughput } from './throughput.ts'

/** One who writes, with so many messages on their way, and so many who listen. */
const audience = { clients: 1_000, inFlight: 50 }

/** How many messages all who listen get in a second, and what each costs. */
export function deliveries(files: PairFiles) {
  const loaded = throughput(files, audience)
  return {
    ...loaded,
    async round(scale: Scale) {
      const { perSecond, serverCpuMicroseconds } = await loaded.round(scale)
      return {
        deliveriesPerSecond: perSecond * audience.clients,
        serverCpuMicroseconds: serverCpuMicroseconds / audience.clients,
      }
    },
  } satisfies Partial<Measurement>
}
