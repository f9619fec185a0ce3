import type { ServerLimits } from '@foldback/server'

/**
 * Bounds that keep one user from taking everything for themselves; here that is what is measured. All others are the
 * defaults.
 */
export const userLimits: Partial<ServerLimits> = {
  actionsPerSecondMax: 10_000_000,
  actionsBurstMax: 10_000_000,
  bytesPerSecondMax: 10_000_000_000,
  bytesBurstMax: 10_000_000_000,
  handlingPercentMax: 100,
  connectionsPerAddressMax: 20_000,
}
