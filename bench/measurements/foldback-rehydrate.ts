import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Child } from '../child.ts'
import { longStreamEvents } from '../long-stream.ts'
import { makeLog } from '../logs/kept-log.ts'
import type { Measurement } from '../measurement.ts'
import { onLog } from './log-server.ts'

let folder: string
let reader: Child

/** Two streams in turn, where one record has room in memory: so each is loaded whenever it is asked for. */
const ids = ['a', 'b']

export const foldbackRehydrate: Measurement = {
  name: 'Foldback, rehydrate',
  about:
    'A record is read over HTTP that is not in memory nor on disk: its 10,000 events are read and folded.',
  async prepare(scale) {
    folder = mkdtempSync(join(scale.folder, 'foldback-bench-'))
    await makeLog(join(folder, 'long.db'), { kind: 'longStreams' })
    reader = await Child.start(new URL('../loads/http-reader.ts', import.meta.url))
  },
  round: ({ seconds, warmUpSeconds }) =>
    onLog(
      { path: join(folder, 'long.db'), model: 'orderTotals', limits: { cachedRecordBytesMax: 1 } },
      async ({ port }) => {
        await loads(port, warmUpSeconds)
        return { perSecond: await loads(port, seconds) }
      },
    ),
  async close() {
    await reader?.stop()
    if (folder !== undefined) rmSync(folder, { recursive: true })
  },
}

/** Events loaded in a second. */
async function loads(port: number, secondsMin: number): Promise<number> {
  const began = performance.now()
  let count = 0
  let seconds = 0
  while (seconds < secondsMin) {
    for (const id of ids) {
      const version = await reader.call<number>('one', { port, id })
      if (version !== longStreamEvents) throw new Error(`version ${version} was read`)
      count += longStreamEvents
    }
    seconds = (performance.now() - began) / 1_000
  }
  return count / seconds
}
