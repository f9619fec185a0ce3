import type { EnginePorts, Incident, Origin } from '../ports.ts'

/** Reports what has happened on one connection, and says which. */
export function reportFrom(
  { report }: Pick<EnginePorts, 'report'>,
  origin: Origin | undefined,
  incident: Incident,
): void {
  report(origin === undefined ? incident : { origin, ...incident })
}
