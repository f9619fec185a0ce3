import type { Scale, Values } from '../measurement.ts'
import { type PairFiles, underLoad } from './under-load.ts'

/** One who writes, with so many messages on their way, and so many who listen. */
const audience = { clients: 1_000, inFlight: 50 } as const

/** How many messages all who listen get in a second. */
export async function deliveriesUnderLoad(files: PairFiles, scale: Scale): Promise<Values> {
  const { perSecond, serverCpuMicroseconds } = await underLoad(files, audience, scale)
  return {
    deliveriesPerSecond: perSecond * audience.clients,
    serverCpuMicroseconds: serverCpuMicroseconds / audience.clients,
  }
}
