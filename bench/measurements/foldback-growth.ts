import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Child } from '../child.ts'
import type { LoadResult } from '../loads/closed-loop.ts'
import { keptLog, logFolder, makeLog } from '../logs/kept-log.ts'
import { largeLog } from '../logs/large-log.ts'
import type { Measurement, Values } from '../measurement.ts'
import { onLog } from './log-server.ts'
import { crowd } from './throughput.ts'

/** Each order is made, and that is all. */
const smallLog = { kind: 'totals', events: 100, streams: 100 } as const

export const foldbackSmallLog = smallLogMeasurement()

export const foldbackLargeLog = largeLogMeasurement()

function smallLogMeasurement(): Measurement {
  let folder: string | undefined
  const path = () => join(folder!, 'small.db')
  return {
    name: 'Foldback, small log',
    about:
      'Lines for 100 orders, chosen by Zipf 0.99, one action per frame; the log has nothing but these orders.',
    async prepare() {
      mkdirSync(logFolder, { recursive: true })
      folder = mkdtempSync(join(logFolder, 'growth-'))
      await makeLog(path(), smallLog)
    },
    round: ({ seconds, warmUpSeconds }) =>
      underZipfLoad({ path: path(), streams: smallLog.streams, seconds, warmUpSeconds }),
    async close() {
      if (folder !== undefined) rmSync(folder, { recursive: true })
    },
  }
}

function largeLogMeasurement(): Measurement {
  let path: string
  return {
    name: 'Foldback, large log',
    about:
      'The same for 1,000,000 orders that have 10,000,000 events; with --quick 100,000 that have 1,000,000.',
    async prepare({ name }) {
      path = await keptLog(largeLog(name))
    },
    round: ({ name, seconds, warmUpSeconds }) =>
      underZipfLoad({ path, streams: largeLog(name).streams, seconds, warmUpSeconds }),
  }
}

/** Of the usual time: after that, a large log is still being met for the first time. */
const warmUpTimes = 3

interface ZipfLoad {
  readonly path: string
  readonly streams: number
  readonly seconds: number
  readonly warmUpSeconds: number
}

/** What an action costs a fresh server, when what it keeps in memory is there. */
function underZipfLoad({ path, streams, seconds, warmUpSeconds }: ZipfLoad): Promise<Values> {
  const { clients, inFlight } = crowd
  return onLog({ path, model: 'orderTotals' }, async ({ server, port }) => {
    const load = await Child.start(new URL('../loads/zipf.ts', import.meta.url))
    try {
      await load.call('connect', { port, clients, streams })
      await load.call('run', { inFlight, seconds: warmUpTimes * warmUpSeconds })
      const before = await server.cpuMicroseconds()
      const result = await load.call<LoadResult>('run', { inFlight, seconds })
      const after = await server.cpuMicroseconds()
      await load.call('disconnect')
      return {
        perSecond: result.count / result.seconds,
        serverCpuMicroseconds: (after - before) / result.count,
      }
    } finally {
      await load.stop()
    }
  })
}
