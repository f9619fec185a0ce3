/** Parent → child. */
export interface Call {
  readonly id: number
  readonly name: string
  readonly argument: unknown
}

/** Child → parent. */
export interface Answer {
  readonly id: number
  readonly result?: unknown
  readonly error?: string
}

/** What a child can be called for, beside those here. */
export type Answers = Readonly<Record<string, (argument: never) => unknown>>

/** The child's side of `Child`: from now on it answers its parent's calls, and ends with its parent. */
export function answerCalls(answers: Answers): void {
  const all: Answers = { ...answers, cpuMicroseconds, residentBytes, ready: () => {} }
  process.once('disconnect', () => process.exit())
  process.on(
    'message',
    (message) => void answered(all, message as Call).then((answer) => process.send!(answer)),
  )
}

async function answered(answers: Answers, { id, name, argument }: Call): Promise<Answer> {
  try {
    const answer = answers[name]
    if (answer === undefined) throw new Error(`nobody answers ${name}`)
    return { id, result: await answer(argument as never) }
  } catch (thrown) {
    return { id, error: thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown) }
  }
}

function cpuMicroseconds(): number {
  const { user, system } = process.cpuUsage()
  return user + system
}

function residentBytes(): number {
  globalThis.gc?.()
  return process.memoryUsage.rss()
}
