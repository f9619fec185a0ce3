import type { EngineParts } from '../engine-parts.ts'
import type { Origin } from '../ports.ts'

/** The engine's parts as one connection has them: what it reports says which connection it is about. */
export function partsFor(parts: EngineParts, origin: Origin | undefined): EngineParts {
  if (origin === undefined) return parts
  const { ports } = parts
  return { ...parts, ports: { ...ports, report: (incident) => ports.report({ origin, ...incident }) } }
}
