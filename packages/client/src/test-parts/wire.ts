import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { once } from 'node:events'

/** The line between one device and the server, which can be cut: what is open on it breaks, and nothing new gets through. */
export class Wire {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #isCut = false

  private constructor(portOfServer: () => number) {
    this.#server = createServer((near) => {
      const far = connect(portOfServer(), '127.0.0.1')
      for (const socket of [near, far]) {
        this.#sockets.add(socket)
        socket.on('error', () => {})
        socket.on('close', () => {
          this.#sockets.delete(socket)
          near.destroy()
          far.destroy()
        })
      }
      if (this.#isCut) return void near.destroy()
      near.pipe(far).pipe(near)
    })
  }

  static async between(portOfServer: () => number): Promise<Wire> {
    const wire = new Wire(portOfServer)
    wire.#server.listen(0, '127.0.0.1')
    await once(wire.#server, 'listening')
    return wire
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  cut(): void {
    this.#isCut = true
    for (const socket of this.#sockets) socket.destroy()
  }

  mend(): void {
    this.#isCut = false
  }

  remove(): void {
    this.cut()
    this.#server.close()
  }
}
