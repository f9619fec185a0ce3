import type { SQLiteEventStore } from '@event-driven-io/emmett-sqlite'
import { setAutoFreeze } from 'immer'
import { answerCalls } from '../answering.ts'
import { longStreamActions, longStreamEvents, orderTotalSlice } from '../long-stream.ts'
import type { Values } from '../measurement.ts'
import { eventOf, openEmmett } from './emmett-store.ts'

/* Emmett reads a stream and folds it, by `aggregateStream`, with the reducer that Foldback folds it with. */

// As Foldback's server folds in production.
setAutoFreeze(false)

const stream = 'salesOrder-long'
const eventsPerAppend = 100

let store: SQLiteEventStore | undefined

async function openFilled(folder: string): Promise<SQLiteEventStore> {
  const opened = await openEmmett(folder)
  const events = longStreamActions('long').map(eventOf)
  for (let from = 0; from < events.length; from += eventsPerAppend)
    await opened.appendToStream(stream, events.slice(from, from + eventsPerAppend))
  return opened
}

const { reducer, getInitialState: initialState } = orderTotalSlice
type Order = ReturnType<typeof initialState>

answerCalls({
  async run({ folder, seconds }: { readonly folder: string; readonly seconds: number }): Promise<Values> {
    store ??= await openFilled(folder)
    let count = 0
    const began = performance.now()
    const elapsed = () => (performance.now() - began) / 1_000
    while (elapsed() < seconds) {
      const { state } = await store.aggregateStream<Order>(stream, {
        initialState,
        evolve: (order, { type, data }) => reducer(order, { type, payload: data }),
      })
      if (state?.lineCount !== longStreamEvents - 1)
        throw new Error(`Emmett has loaded ${JSON.stringify(state)}`)
      count += longStreamEvents
    }
    return { perSecond: count / elapsed() }
  },
})
