import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { WebSocketServer } from 'ws'
import { answerCalls } from '../answering.ts'

/* The least that a server can do: each message goes back as it came. Keeps nothing. */

answerCalls({
  async start() {
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false })
    server.on('connection', (socket) => {
      socket.on('message', (data, isBinary) => socket.send(data as Buffer, { binary: isBinary }))
    })
    await once(server, 'listening')
    return (server.address() as AddressInfo).port
  },
})
