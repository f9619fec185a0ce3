import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Child } from '../child.ts'
import { spreadOf } from '../contest.ts'
import { keptLog, logFolder, makeLog } from '../logs/kept-log.ts'
import { largeLog } from '../logs/large-log.ts'
import type { Measurement } from '../measurement.ts'
import { onLog } from './log-server.ts'

const startsPerRound = { full: 5, quick: 2 } as const
const smallStreams = 1_000
const small = { kind: 'totals', events: 10_000, streams: smallStreams } as const

let folder: string
let largePath: string
let largeStreams: number
let load: Child

export const foldbackRestart: Measurement = {
  name: 'Foldback, restart',
  about:
    'From the start of the process to the first settled action, with 10,000 events and with 10,000,000 ' +
    '(1,000,000 with --quick).',
  async prepare({ name }) {
    const large = largeLog(name)
    largeStreams = large.streams
    largePath = await keptLog(large)
    mkdirSync(logFolder, { recursive: true })
    folder = mkdtempSync(join(logFolder, 'restart-'))
    await makeLog(join(folder, 'small.db'), small)
    load = await Child.start(new URL('../loads/zipf.ts', import.meta.url))
  },
  async round({ name }) {
    const smalls: number[] = []
    const larges: number[] = []
    for (let start = 0; start < startsPerRound[name]; start++) {
      smalls.push(await firstSettled(join(folder, 'small.db'), smallStreams))
      larges.push(await firstSettled(largePath, largeStreams))
    }
    return { smallMilliseconds: spreadOf(smalls).median, largeMilliseconds: spreadOf(larges).median }
  },
  async close() {
    await load?.stop()
    if (folder !== undefined) rmSync(folder, { recursive: true })
  },
}

/** Milliseconds from the start of a server to the answer to the first action for one of its orders. */
async function firstSettled(path: string, streams: number): Promise<number> {
  const began = performance.now()
  return onLog({ path, model: 'orderTotals' }, async ({ port }) => {
    await load.call('connect', { port, clients: 1, streams })
    await load.call('roundTrips', { seconds: 0 })
    const milliseconds = performance.now() - began
    await load.call('disconnect')
    return milliseconds
  })
}
