import type { DatabaseSync } from 'node:sqlite'
import { parentPort } from 'node:worker_threads'
import { lockDatabase } from './database-lock.ts'
import { explained } from './explained.ts'
import { type Answer, type Call, closeMethod, type ThreadStart, type WriterStart } from './messages.ts'
import { openForReading, openForWriting } from './open-database.ts'
import { Reader } from './reader.ts'
import { faultOf } from './store-fault.ts'
import { Writer } from './writer.ts'

/*
 * The entry of both threads of the SQLite store. It runs from source and from dist, so it imports only node: modules
 * and its neighbours; types from anywhere.
 */

function start(options: ThreadStart): Writer | Reader {
  const { path, busyTimeoutMs } = options
  return explained(path, () =>
    options.role === 'writer' ? startWriter(options) : new Reader(openForReading(path, busyTimeoutMs)),
  )
}

/** Opening takes nothing from a server that has the file; only then is it known to be a database of ours. */
function startWriter({ path, busyTimeoutMs, models, generation }: WriterStart): Writer {
  const database = openForWriting(path, busyTimeoutMs)
  let lock: DatabaseSync | undefined
  try {
    lock = lockDatabase(path, busyTimeoutMs)
    return new Writer(database, models, { lock, generation })
  } catch (thrown) {
    database.close()
    lock?.close()
    throw thrown
  }
}

function answerOf(work: () => unknown): Answer {
  try {
    return { value: work() }
  } catch (thrown) {
    return { fault: faultOf(thrown) }
  }
}

function serve(port: NonNullable<typeof parentPort>): void {
  port.once('message', (options: ThreadStart) => {
    let served: Writer | Reader | undefined
    const started = answerOf(() => {
      served = start(options)
    })
    port.postMessage({ ...started, ...notesOf(served) })
    if (served === undefined) port.close()
    else answerCalls(port, served)
  })
}

/** What an answer has beside the answer. */
function notesOf(served: Writer | Reader | undefined): Pick<Answer, 'generation' | 'commitSeconds'> {
  if (!(served instanceof Writer)) return {}
  const { generation } = served
  const commitSeconds = served.takeCommitSeconds()
  return {
    ...(generation !== undefined && { generation }),
    ...(commitSeconds !== undefined && { commitSeconds }),
  }
}

type Methods = Record<string, (...parameters: readonly unknown[]) => unknown>

function answerCalls(port: NonNullable<typeof parentPort>, served: Writer | Reader): void {
  const methods = served as unknown as Methods
  port.on('message', ({ method, parameters }: Call) => {
    const answer = answerOf(() => methods[method]?.(...parameters))
    port.postMessage({ ...answer, ...notesOf(served) })
    if (method === closeMethod) port.close()
  })
}

if (parentPort !== null) serve(parentPort)
