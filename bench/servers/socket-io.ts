import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Server } from 'socket.io'
import { answerCalls } from '../answering.ts'

/* Socket.IO with acknowledgements, as its documentation has them: each action goes back as it came. Keeps nothing. */

answerCalls({
  async start() {
    const http = createServer()
    new Server(http).on('connection', (socket) => {
      socket.on('action', (action, acknowledge) => acknowledge(action))
    })
    http.listen(0, '127.0.0.1')
    await once(http, 'listening')
    return (http.address() as AddressInfo).port
  },
})
