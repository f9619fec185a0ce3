import type { Server } from 'node:http'
import type { Server as HttpsServer } from 'node:https'
import type { Socket } from 'node:net'
import { Server as TlsServer } from 'node:tls'
import { Tally } from '@foldback/engine'
import type { LimitWatch } from './limit-watch.ts'
import type { HostLimits } from './limits.ts'
import { problemOf } from './http/reply.ts'
import { refuseUpgrade } from './websocket/refuse-upgrade.ts'

const allAddresses = ''

/** Counts open connections of all kinds, in all and by address, and turns away those that are too many. */
export class ConnectionLimits {
  readonly #limits: HostLimits
  readonly #watch: LimitWatch
  readonly #tally = new Tally()
  readonly #addresses = new Map<Socket, string>()
  /** One function for all: an idle connection takes as little as it can. */
  readonly #onClose: (this: Socket) => void

  constructor(limits: HostLimits, watch: LimitWatch) {
    this.#limits = limits
    this.#watch = watch
    const closed = (socket: Socket): void => this.#closed(socket)
    this.#onClose = function () {
      closed(this)
    }
  }

  get count(): number {
    return this.#tally.of(allAddresses)
  }

  watch(server: Server | HttpsServer): void {
    // Over TLS nothing can be said before its handshake, which is what is to be spared.
    const isSilent = server instanceof TlsServer
    server.on('connection', (socket) => this.#admit(socket, isSilent))
  }

  #admit(socket: Socket, isSilent: boolean): void {
    // The addresses of IPv4 by way of IPv6 are the same ones.
    const address = (socket.remoteAddress ?? 'unknown').replace(/^::ffff:/, '')
    const limit = this.#limitReached(address)
    this.#count(socket, address)
    if (limit === undefined) return
    this.#watch.reached(limit, { address })
    if (isSilent) socket.destroy()
    else refuseUpgrade(socket, problemOf('too-many-connections'))
  }

  #limitReached(address: string): 'connectionsMax' | 'connectionsPerAddressMax' | undefined {
    if (this.count >= this.#limits.connectionsMax) return 'connectionsMax'
    const isTooMany = this.#tally.of(address) >= this.#limits.connectionsPerAddressMax
    return isTooMany ? 'connectionsPerAddressMax' : undefined
  }

  #count(socket: Socket, address: string): void {
    this.#addresses.set(socket, address)
    for (const key of [allAddresses, address]) this.#tally.add(key)
    socket.on('close', this.#onClose)
  }

  #closed(socket: Socket): void {
    const address = this.#addresses.get(socket)
    if (!this.#addresses.delete(socket)) return
    for (const key of [allAddresses, address!]) this.#tally.remove(key)
  }
}
