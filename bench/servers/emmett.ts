import { join } from 'node:path'
import { getSQLiteEventStore, sqliteConnection, type SQLiteEventStore } from '@event-driven-io/emmett-sqlite'
import { answerCalls } from '../answering.ts'
import { longStreamActions, longStreamEvents, orderTotalSlice } from '../long-stream.ts'
import { type OrderAction, OrderWriter } from '../model.ts'

/*
 * Emmett's event store on SQLite, in the process that uses it: no socket is in between, and nobody else is told. An
 * event is kept by a transaction of its own, `synchronous=FULL`, one after the other: its connections are not for
 * several at once. They are all one connection; by default it opens another one for each call, at three times the cost.
 */

const longStream = 'salesOrder-long'

let store: SQLiteEventStore

/** An action as Emmett has its events: the type, and the data beside it. */
const eventOf = ({ type, payload }: OrderAction) => ({ type, data: { ...payload } })
const actionOf = ({ type, data }: { readonly type: string; readonly data: object }) => ({
  type,
  payload: data,
})

interface Done {
  readonly count: number
  readonly seconds: number
}

async function timed(seconds: number, work: () => Promise<number>): Promise<Done> {
  const began = performance.now()
  let count = 0
  let passed = 0
  while (passed < seconds) {
    count += await work()
    passed = (performance.now() - began) / 1_000
  }
  return { count, seconds: passed }
}

answerCalls({
  async open({ folder }: { readonly folder: string }) {
    const fileName = join(folder, 'events.db')
    const connection = sqliteConnection({ fileName })
    await connection.command('PRAGMA synchronous = FULL')
    store = getSQLiteEventStore({ fileName, connectionOptions: { singleton: true, connection } })
    await store.schema.migrate()
  },

  append({ seconds }: { readonly seconds: number }): Promise<Done> {
    const writer = new OrderWriter(`w${performance.now()}`)
    let version = 0n
    let stream = ''
    return timed(seconds, async () => {
      const action = writer.next()
      if (stream !== action.payload.id) {
        stream = action.payload.id
        version = 0n
      }
      const { nextExpectedStreamVersion } = await store.appendToStream(
        `salesOrder-${stream}`,
        [eventOf(action)],
        { expectedStreamVersion: version },
      )
      version = nextExpectedStreamVersion
      return 1
    })
  },

  async fill() {
    const batch = 100
    const events = longStreamActions('long').map(eventOf)
    for (let from = 0; from < events.length; from += batch)
      await store.appendToStream(longStream, events.slice(from, from + batch))
  },

  rehydrate: ({ seconds }: { readonly seconds: number }): Promise<Done> =>
    timed(seconds, async () => {
      const { state } = await store.aggregateStream(longStream, {
        initialState: orderTotalSlice.getInitialState,
        evolve: (order, event) => orderTotalSlice.reducer(order, actionOf(event)),
      })
      if (state?.lineCount !== longStreamEvents - 1)
        throw new Error(`Emmett has loaded ${JSON.stringify(state)}`)
      return longStreamEvents
    }),
})
