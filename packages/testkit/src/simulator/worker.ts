// One thread of the simulator: is given seeds, one after the other, and answers with what came of each.
import { parentPort, workerData } from 'node:worker_threads'
import { type HistoryOptions, liveHistory } from './live-history.ts'
import { resultOf } from './result.ts'

const options = workerData as HistoryOptions

parentPort!.on('message', (seed: number) => {
  void liveHistory(seed, options).then((report) => parentPort!.postMessage(resultOf(report)))
})
