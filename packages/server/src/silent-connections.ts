import type { IncomingMessage, Server } from 'node:http'
import type { Server as HttpsServer } from 'node:https'
import type { Socket } from 'node:net'

/** Names a connection, before TLS and within it alike. One by a path of the file system has no port. */
type Peer = string | Socket

/**
 * Knows the connections on which no request has come, such as a browser keeps ready and a load balancer tries out. When
 * a server closes, Node ends those that have had an answer, and would wait for these.
 */
export class SilentConnections {
  readonly #sockets = new Map<Peer, Socket>()
  readonly #onClose: (this: Socket) => void

  constructor(server: Server | HttpsServer) {
    const closed = (socket: Socket): void => this.#closed(socket)
    this.#onClose = function () {
      closed(this)
    }
    const opened = (socket: Socket): void => this.#opened(socket)
    const hasSpoken = ({ socket }: IncomingMessage): void => this.#hasSpoken(peerOf(socket))
    server.on('connection', opened)
    // With TLS the same connection comes a second time, when its handshake is done.
    server.on('secureConnection', opened)
    server.on('request', hasSpoken)
    server.on('upgrade', hasSpoken)
  }

  end(): void {
    for (const socket of this.#sockets.values()) socket.destroy()
  }

  #opened(socket: Socket): void {
    this.#sockets.set(peerOf(socket), socket)
    socket.on('close', this.#onClose)
  }

  #hasSpoken(peer: Peer): void {
    this.#sockets.get(peer)?.off('close', this.#onClose)
    this.#sockets.delete(peer)
  }

  #closed(socket: Socket): void {
    const peer = peerOf(socket)
    if (this.#sockets.get(peer) === socket) this.#sockets.delete(peer)
  }
}

function peerOf(socket: Socket): Peer {
  return socket.remotePort === undefined ? socket : `${socket.remoteAddress} ${socket.remotePort}`
}
