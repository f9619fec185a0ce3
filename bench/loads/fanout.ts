import type { LogPosition } from '@foldback/core'
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

/** @param sinceLog what it has of all orders; without it, it gets them all. */
async function subscriber(port: number, index: number, sinceLog?: LogPosition) {
  const client = await LaneClient.connect({ port, index, batches: false })
  const { position } = await client.ask({ type: 'subscribe', model: 'salesOrder', sinceLog }, 'synced')
  // The position of an empty log is nothing to go on from.
  return { client, position: position.seq > 0 ? position : undefined }
}

answerLoad(async ({ port, clients }: LoadOptions) => {
  const writer = await LaneClient.connect({ port, index: 0, batches: false })
  // All but the first come back to what they have: orders of earlier rounds are not what is measured.
  const first = await subscriber(port, 1)
  const others = await inWaves(clients - 1, (index) => subscriber(port, index + 2, first.position))
  return [
    new Deliveries(
      writer.listen(),
      [first, ...others].map(({ client }) => client.socket),
      eventsIn,
    ),
  ]
})
