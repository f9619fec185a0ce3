import type { RoundTrips } from '../loads/closed-loop.ts'
import type { Measurement, Scale, Values } from '../measurement.ts'
import { type PairFiles, withPair } from './under-load.ts'

export const echoRoundTrip: Measurement = {
  name: 'ws echo, one at a time',
  about: 'One client that sends the next message when the one before is back.',
  round: (scale) => oneAtATime({ server: 'echo.ts', load: 'echo.ts' }, scale),
}

export const foldbackRoundTrip: Measurement = {
  name: 'Foldback, one at a time',
  about: 'One client that sends the next action when the one before is settled, and so durable.',
  round: (scale) => oneAtATime({ server: 'foldback.ts', load: 'foldback.ts' }, scale),
}

function oneAtATime(files: PairFiles, scale: Scale): Promise<Values> {
  return withPair(files, { clients: 1, batches: false }, scale, async ({ load }) => {
    await load.call('roundTrips', { seconds: scale.warmUpSeconds })
    const { p50Microseconds, p99Microseconds } = await load.call<RoundTrips>('roundTrips', {
      seconds: scale.seconds,
    })
    return { p50Microseconds, p99Microseconds }
  })
}
