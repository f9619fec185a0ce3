import type { LoadResult } from '../loads/closed-loop.ts'
import type { Measurement } from '../measurement.ts'
import { emmettPackages, withEmmett } from './with-emmett.ts'

export const emmettRehydrate: Measurement = {
  name: 'Emmett, rehydrate',
  about:
    'A stream of 10,000 events is read from SQLite and folded, by aggregateStream. It keeps no snapshots.',
  packages: emmettPackages,
  round: (scale) =>
    withEmmett(scale, async (emmett) => {
      await emmett.call('fill')
      const rehydrate = (seconds: number) => emmett.call<LoadResult>('rehydrate', { seconds })
      await rehydrate(scale.warmUpSeconds)
      const { count, seconds } = await rehydrate(scale.seconds)
      return { perSecond: count / seconds }
    }),
}
