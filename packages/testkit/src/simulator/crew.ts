import { Worker } from 'node:worker_threads'
import type { HistoryOptions } from './live-history.ts'
import type { HistoryResult } from './result.ts'

/** A history takes some hundredths of a second; one that takes this long will never end. */
const stuckMs = 120_000

export interface CrewParts {
  readonly workers: number
  readonly options: HistoryOptions
  /** The next seed, or undefined when there is none. */
  readonly nextSeed: () => number | undefined
  readonly onResult: (result: HistoryResult) => void
}

/** Lives through histories on several threads, until there are no more seeds. */
export async function workTogether(parts: CrewParts): Promise<void> {
  await Promise.all(Array.from({ length: parts.workers }, () => workAlone(parts)))
}

async function workAlone({ options, nextSeed, onResult }: CrewParts): Promise<void> {
  let thread = startThread(options)
  for (;;) {
    const seed = nextSeed()
    if (seed === undefined) break
    const result = await resultFrom(thread, seed)
    onResult(result)
    if (result.broken?.message !== stuckText && result.broken?.message !== diedText) continue
    await thread.terminate()
    thread = startThread(options)
  }
  await thread.terminate()
}

function startThread(options: HistoryOptions): Worker {
  const thread = new Worker(new URL('./worker.ts', import.meta.url), { workerData: options })
  thread.on('error', (thrown) => console.error(thrown))
  return thread
}

const stuckText = `The history did not come to its end within ${stuckMs / 1_000} seconds of real time.`
const diedText = 'The thread that lived through the history ended.'

function resultFrom(thread: Worker, seed: number): Promise<HistoryResult> {
  return new Promise((resolve) => {
    const answer = (result: HistoryResult): void => {
      clearTimeout(timer)
      thread.off('message', answer)
      thread.off('exit', died)
      resolve(result)
    }
    const died = (): void => answer(lostResult(seed, diedText))
    const timer = setTimeout(() => answer(lostResult(seed, stuckText)), stuckMs)
    thread.on('message', answer)
    thread.on('exit', died)
    thread.postMessage(seed)
  })
}

function lostResult(seed: number, message: string): HistoryResult {
  return {
    seed,
    faults: [],
    happenings: [],
    simulatedMs: 0,
    events: 0,
    broken: { promise: 5, message },
    hash: '',
  }
}
