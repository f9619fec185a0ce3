import { FoldbackError } from '@foldback/core'
import type { EngineLimits } from '@foldback/engine'

/** Bounds of the Node host, beside those of the engine. Each has a default, and an option of the same name. */
export interface ServerLimits {
  /** Milliseconds for which `close` waits for what is under way; then it is cut off. */
  readonly closeMsMax: number
  /** Milliseconds that the store may take to answer `/readyz`; then the server is not ready. */
  readonly probeMsMax: number
}

export const serverLimitsDefault: ServerLimits = { closeMsMax: 10_000, probeMsMax: 5_000 }

/**
 * Tells the host's bounds from the engine's, which checks its own.
 * @throws FoldbackError `misconfigured`
 */
export function splitLimits(changes: Partial<EngineLimits & ServerLimits> = {}): {
  readonly engine: Partial<EngineLimits>
  readonly server: ServerLimits
} {
  const server: Partial<Record<keyof ServerLimits, number>> = {}
  const engine: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(changes)) {
    if (!Object.hasOwn(serverLimitsDefault, name)) engine[name] = value
    else server[name as keyof ServerLimits] = checked(name, value)
  }
  return { engine, server: { ...serverLimitsDefault, ...server } }
}

function checked(name: string, value: number): number {
  if (Number.isSafeInteger(value) && value > 0) return value
  throw new FoldbackError('misconfigured', `the limit ${name} must be a whole number above 0`)
}
