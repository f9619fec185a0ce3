import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { WebSocketServer } from 'ws'
import { answerCalls } from '../answering.ts'

/* Each message goes to everybody who is connected, as ws's documentation does it. Keeps nothing. */

answerCalls({
  async start() {
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false })
    server.on('connection', (socket) => {
      socket.on('message', (data, isBinary) => {
        for (const client of server.clients) client.send(data as Buffer, { binary: isBinary })
      })
    })
    await once(server, 'listening')
    return (server.address() as AddressInfo).port
  },
})
