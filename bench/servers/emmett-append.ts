import type { SQLiteEventStore } from '@event-driven-io/emmett-sqlite'
import { answerCalls } from '../answering.ts'
import { writerName } from '../loads/action-texts.ts'
import type { Values } from '../measurement.ts'
import { OrderWriter } from '../model.ts'
import { eventOf, openEmmett } from './emmett-store.ts'

/*
 * Emmett appends events in the process that makes them: there is no socket, no record, and nobody else who is told.
 * Each has a transaction of its own, and the version that the stream is expected to have.
 */

let store: SQLiteEventStore | undefined

answerCalls({
  async run({ folder, seconds }: { readonly folder: string; readonly seconds: number }): Promise<Values> {
    store ??= await openEmmett(folder)
    const writer = new OrderWriter(writerName(0))
    let count = 0
    let stream = ''
    let expectedStreamVersion = 0n
    const cpuBefore = process.cpuUsage()
    const began = performance.now()
    const elapsed = () => (performance.now() - began) / 1_000
    while (elapsed() < seconds) {
      const action = writer.next()
      if (action.payload.id !== stream) {
        stream = action.payload.id
        expectedStreamVersion = 0n
      }
      const appended = await store.appendToStream(`salesOrder-${stream}`, [eventOf(action)], {
        expectedStreamVersion,
      })
      expectedStreamVersion = appended.nextExpectedStreamVersion
      count += 1
    }
    const perSecond = count / elapsed()
    const { user, system } = process.cpuUsage(cpuBefore)
    return { perSecond, serverCpuMicroseconds: (user + system) / count }
  },
})
