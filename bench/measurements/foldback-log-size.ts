import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { Child } from '../child.ts'
import type { LoadResult } from '../loads/closed-loop.ts'
import type { Measurement } from '../measurement.ts'
import { eventsPerOrder, OrderWriter } from '../model.ts'
import { crowd } from './throughput.ts'

export const foldbackLogSize: Measurement = {
  name: 'Foldback, log size',
  about:
    'The folder of a server that has taken actions for a while and was closed: log, records and everything else. An ' +
    "action's bytes are those of what was dispatched, {type, payload}, without the meta that Foldback adds and keeps.",
  async round({ folder: parent, seconds, warmUpSeconds }) {
    const folder = mkdtempSync(join(parent, 'foldback-bench-'))
    try {
      const count = await actionsTaken(folder, seconds + warmUpSeconds)
      const bytes = readdirSync(folder).reduce((sum, file) => sum + statSync(join(folder, file)).size, 0)
      return { bytesPerEvent: bytes / count, bytesPerAction: bytesPerAction() }
    } finally {
      rmSync(folder, { recursive: true })
    }
  },
}

async function actionsTaken(folder: string, seconds: number): Promise<number> {
  const server = await Child.start(new URL('../servers/foldback.ts', import.meta.url))
  const load = await Child.start(new URL('../loads/foldback.ts', import.meta.url))
  try {
    const port = await server.call<number>('start', { folder })
    await load.call('connect', { port, clients: crowd.clients, batches: true })
    const { count } = await load.call<LoadResult>('run', { inFlight: crowd.inFlight, seconds })
    await load.call('disconnect')
    await server.call('close')
    return count
  } finally {
    await load.stop()
    await server.stop()
  }
}

/** Of an order and its lines, on average. */
function bytesPerAction(): number {
  const writer = new OrderWriter('w00-0000')
  const actions = Array.from({ length: eventsPerOrder }, () => JSON.stringify(writer.next()))
  return actions.reduce((bytes, text) => bytes + text.length, 0) / eventsPerOrder
}
