import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Broken } from '../simulator/live-history.ts'
import { root } from './patch-sources.ts'
import type { Fault } from '../workload/faults.ts'

/** Real milliseconds for one history, which takes some hundredths of a second; one that takes this long goes round. */
const stuckMs = 30_000

const preload = new URL('scripts/run-on-sources.mjs', root)

/** What a process is asked to live through. */
export interface Asked {
  readonly seed: number
  readonly faults: readonly Fault[] | undefined
}

/** What came of one seed. */
export interface SabotagedRun {
  readonly seed: number
  readonly broken: Broken | null
}

/**
 * Histories with one mistake in the code under test, in a process of its own. One that does not come to an end was
 * stopped by nobody who knows a promise: that it goes round may be the machine's fault.
 */
export class SabotagedRuns {
  readonly #mistake: string
  #process: ChildProcess | undefined

  /** @param mistake its name, or `none` */
  constructor(mistake: string) {
    this.#mistake = mistake
  }

  async live(asked: Asked): Promise<SabotagedRun> {
    const child = (this.#process ??= await this.#start())
    const waiting = new AbortController()
    const timer = setTimeout(() => waiting.abort(), stuckMs)
    child.send(asked)
    const answer = await answerOf(child, waiting.signal)
    clearTimeout(timer)
    waiting.abort()
    if (typeof answer !== 'string') return answer
    this.end()
    return { seed: asked.seed, broken: { promise: undefined, message: answer } }
  }

  async #start(): Promise<ChildProcess> {
    const path = fileURLToPath(new URL('sabotaged-process.ts', import.meta.url))
    // What it says when it dies of its mistake is of no use to anybody.
    const stdio = ['ignore', 'ignore', 'ignore', 'ipc'] as const
    const child = fork(path, [this.#mistake], { execArgv: ['--import', preload.href], stdio: [...stdio] })
    const [answer] = (await Promise.race([once(child, 'message'), once(child, 'exit')])) as [unknown]
    if (answer !== 'ready') throw new Error(`The code does not even start with ${this.#mistake} in it.`)
    return child
  }

  end(): void {
    this.#process?.kill('SIGKILL')
    this.#process = undefined
  }
}

/** What the process answers, or why it does not. */
function answerOf(child: ChildProcess, signal: AbortSignal): Promise<SabotagedRun | string> {
  const answered = once(child, 'message', { signal }).then(([run]) => run as SabotagedRun)
  const died = once(child, 'exit', { signal }).then(() => diedText)
  died.catch(() => {})
  return Promise.race([answered, died]).catch(() => stuckText)
}

const stuckText = `The history did not come to its end within ${stuckMs / 1_000} seconds of real time.`
const diedText = 'The process that lived through the history ended.'
