import { once } from 'node:events'
import { WebSocket } from 'ws'

/** Those that are to end. */
const leaving = new WeakSet<WebSocket>()

/** Connects to a server on this machine. When the server ends the connection, that ends this process. */
export async function openSocket(port: number, subprotocol?: string): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}`, subprotocol, { perMessageDeflate: false })
  await once(socket, 'open')
  socket.on('close', (code, reason) => {
    if (!leaving.has(socket))
      throw new Error(`The server has ended a connection: ${code} ${reason.toString()}`)
  })
  return socket
}

/** Resolves when the other side has said goodbye too. */
export async function closeSocket(socket: WebSocket): Promise<void> {
  leaving.add(socket)
  const closed = once(socket, 'close')
  socket.close()
  await closed
}
