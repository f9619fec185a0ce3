import { once } from 'node:events'
import { WebSocket } from 'ws'

/** Connects to a server on this machine. */
export async function openSocket(port: number, subprotocol?: string): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}`, subprotocol, { perMessageDeflate: false })
  await once(socket, 'open')
  return socket
}

/** Resolves when the other side has said goodbye too. */
export async function closeSocket(socket: WebSocket): Promise<void> {
  const closed = once(socket, 'close')
  socket.close()
  await closed
}
