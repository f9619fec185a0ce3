import { ActionTexts, writerName } from './action-texts.ts'
import { answerLoad, type LoadOptions } from './answer-load.ts'
import { Deliveries } from './deliveries.ts'
import { inWaves } from './in-waves.ts'
import { closeSocket, openSocket } from './sockets.ts'

/* One client sends actions, and all others listen. */

answerLoad(async ({ port, clients }: LoadOptions) => {
  const [socket, ...listeners] = await inWaves(clients + 1, () => openSocket(port))
  const texts = new ActionTexts(writerName(0))
  const writer = {
    send(count: number): void {
      for (let left = count; left > 0; left--) socket!.send(texts.next())
    },
    close: () => closeSocket(socket!),
  }
  return [new Deliveries(writer, listeners, () => 1)]
})
