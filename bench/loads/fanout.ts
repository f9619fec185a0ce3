import { answerLoad, type LoadOptions } from './answer-load.ts'
import { Deliveries } from './deliveries.ts'
import { inWaves } from './in-waves.ts'
import { LaneClient } from './lane-client.ts'

/* One client sends actions to a Foldback server, and all others have subscribed to all orders. */

/** Each event has this once, and no action of ours has it. */
const eventMark = Buffer.from('"receivedAt":')

function eventsIn(frame: Buffer): number {
  let count = 0
  for (let at = frame.indexOf(eventMark); at !== -1; at = frame.indexOf(eventMark, at + eventMark.length))
    count += 1
  if (count === 0) throw new Error(`instead of events: ${frame.toString()}`)
  return count
}

async function subscriber(port: number, index: number): Promise<LaneClient> {
  const client = await LaneClient.connect({ port, index, batches: false })
  const [synced] = await client.ask({ type: 'subscribe', model: 'salesOrder' })
  if (synced?.type !== 'synced') throw new Error(`instead of synced: ${JSON.stringify(synced)}`)
  return client
}

answerLoad(async ({ port, clients }: LoadOptions) => {
  const writer = await LaneClient.connect({ port, index: 0, batches: false })
  const listeners = await inWaves(clients, (index) => subscriber(port, index + 1))
  return [
    new Deliveries(
      writer.listen(),
      listeners.map(({ socket }) => socket),
      eventsIn,
    ),
  ]
})
