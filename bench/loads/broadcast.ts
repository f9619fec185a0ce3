import { once } from 'node:events'
import { WebSocket } from 'ws'
import { ActionTexts, writerName } from './action-texts.ts'
import { answerLoad, type LoadOptions } from './answer-load.ts'
import { Deliveries } from './deliveries.ts'
import { inWaves } from './in-waves.ts'

/* One client sends actions, and all others listen. */

async function connect(port: number): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}`, { perMessageDeflate: false })
  await once(socket, 'open')
  return socket
}

answerLoad(async ({ port, clients }: LoadOptions) => {
  const [socket, ...listeners] = await inWaves(clients + 1, () => connect(port))
  const texts = new ActionTexts(writerName(0))
  const writer = {
    send(count: number): void {
      for (let left = count; left > 0; left--) socket!.send(texts.next())
    },
  }
  return [new Deliveries(writer, listeners, () => 1)]
})
