import type { LoadResult } from '../loads/closed-loop.ts'
import type { Measurement } from '../measurement.ts'
import { emmettPackages, withEmmett } from './with-emmett.ts'

export const emmettAppend: Measurement = {
  name: 'Emmett, append',
  about:
    'Events appended one after the other, each durable in SQLite (synchronous=FULL) with an expected version. No socket, no record, nobody who is told.',
  packages: emmettPackages,
  round: (scale) =>
    withEmmett(scale, async (emmett) => {
      const append = (seconds: number) => emmett.call<LoadResult>('append', { seconds })
      await append(scale.warmUpSeconds)
      const before = await emmett.cpuMicroseconds()
      const { count, seconds } = await append(scale.seconds)
      const after = await emmett.cpuMicroseconds()
      return { perSecond: count / seconds, serverCpuMicroseconds: (after - before) / count }
    }),
}
