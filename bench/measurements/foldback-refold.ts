import { Child } from '../child.ts'
import type { Measurement, Scale } from '../measurement.ts'
import { orderCountOf } from '../logs/contents.ts'
import { keptLog } from '../logs/kept-log.ts'
import { onLog } from './log-server.ts'

const eventsOf = ({ name }: Scale): number => (name === 'full' ? 1_000_000 : 100_000)

let path: string
let reader: Child

/** There is no command that refolds a log yet: this is what a server does for whoever reads all of its records. */
export const foldbackRefold: Measurement = {
  name: 'Foldback, refold',
  about:
    'A server whose model has a new version is asked for all orders over HTTP, so it reads and folds every event. ' +
    '1,000,000 events; 100,000 with --quick.',
  async prepare(scale) {
    path = await keptLog({ kind: 'orders', events: eventsOf(scale) })
    reader = await Child.start(new URL('../loads/http-reader.ts', import.meta.url))
  },
  round: (scale) =>
    onLog({ path, model: 'nextSalesOrders' }, async ({ server, port }) => {
      const cpuBefore = await server.cpuMicroseconds()
      const began = performance.now()
      const count = await reader.call<number>('all', { port })
      const seconds = (performance.now() - began) / 1_000
      const events = eventsOf(scale)
      if (count !== orderCountOf(events)) throw new Error(`${count} orders were read`)
      const serverCpuMicroseconds = ((await server.cpuMicroseconds()) - cpuBefore) / events
      return { perSecond: events / seconds, serverCpuMicroseconds }
    }),
  close: () => reader?.stop(),
}
