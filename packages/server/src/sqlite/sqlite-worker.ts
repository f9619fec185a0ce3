import type { DatabaseSync } from 'node:sqlite'
import { parentPort } from 'node:worker_threads'
import type { StoredModel } from '@foldback/engine'
import { lockDatabase } from './database-lock.ts'
import { explained } from './explained.ts'
import { type Answer, type Call, closeMethod, type ThreadStart } from './messages.ts'
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
    options.role === 'writer'
      ? startWriter(path, busyTimeoutMs, options.models)
      : new Reader(openForReading(path, busyTimeoutMs)),
  )
}

/** Opening takes nothing from a server that has the file; only then is it known to be a database of ours. */
function startWriter(path: string, busyTimeoutMs: number, models: readonly StoredModel[]): Writer {
  const database = openForWriting(path, busyTimeoutMs)
  let lock: DatabaseSync | undefined
  try {
    lock = lockDatabase(path, busyTimeoutMs)
    return new Writer(database, models, lock)
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
    port.postMessage(started)
    if (served === undefined) port.close()
    else answerCalls(port, served as unknown as Methods)
  })
}

type Methods = Record<string, (...parameters: readonly unknown[]) => unknown>

function answerCalls(port: NonNullable<typeof parentPort>, served: Methods): void {
  port.on('message', ({ method, parameters }: Call) => {
    port.postMessage(answerOf(() => served[method]?.(...parameters)))
    if (method === closeMethod) port.close()
  })
}

if (parentPort !== null) serve(parentPort)
