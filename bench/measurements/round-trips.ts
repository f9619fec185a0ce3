import type { RoundTrips } from '../loads/closed-loop.ts'
import type { Measurement, Values } from '../measurement.ts'
import { LoadedServer, type PairFiles } from './loaded-server.ts'

export const echoRoundTrip: Measurement = {
  name: 'ws echo, one at a time',
  about: 'One client that sends the next message when the one before is back.',
  ...oneAtATime({ server: 'echo.ts', load: 'echo.ts' }),
}

export const foldbackRoundTrip: Measurement = {
  name: 'Foldback, one at a time',
  about: 'One client that sends the next action when the one before is settled, and so durable.',
  ...oneAtATime({ server: 'foldback.ts', load: 'foldback.ts' }),
}

function oneAtATime(files: PairFiles) {
  const pair = new LoadedServer(files)
  const measure = (seconds: number): Promise<Values> =>
    pair.connected({ clients: 1 }, async ({ load }) => {
      const { p50Microseconds, p99Microseconds } = await load.call<RoundTrips>('roundTrips', { seconds })
      return { p50Microseconds, p99Microseconds }
    })
  return {
    async prepare({ folder, warmUpSeconds }) {
      await pair.start(folder)
      await measure(warmUpSeconds)
    },
    round: ({ seconds }) => measure(seconds),
    close: () => pair.stop(),
  } satisfies Partial<Measurement>
}
