import type { ClientPorts, Connect, Socket } from '@foldback/client'
import type { Clock, OutboxStorage } from '@foldback/core'
import type { SeededRandom } from './seeded-random.ts'
import type { SimulatedDevice } from './simulated-device.ts'

/** The longest that a device's storage takes to begin, and again to answer. */
const storageMsMax = 8
const lostCode = 1006

/**
 * One page of a device, and all of the world that it has: its storage, and ports for its client. A dead page does
 * nothing any more and hears of nothing. A frozen one has lost its locks; what it would hear of waits until it wakes.
 */
export class SimulatedPage {
  readonly #device: SimulatedDevice
  readonly #clock: Clock
  readonly #random: SeededRandom
  readonly #sockets = new Map<Socket, () => void>()
  #state: 'awake' | 'frozen' | 'dead' = 'awake'
  /** What a frozen page is to do when it wakes, in order. */
  #held: (() => void)[] = []

  constructor(device: SimulatedDevice, clock: Clock, random: SeededRandom) {
    this.#device = device
    this.#clock = clock
    this.#random = random
  }

  get isDead(): boolean {
    return this.#state === 'dead'
  }

  get isFrozen(): boolean {
    return this.#state === 'frozen'
  }

  /** It is closed, reloaded, or has crashed. What it has sent may still arrive. */
  die(): void {
    this.#state = 'dead'
    this.#held = []
    this.#device.forget(this)
    for (const socket of this.#sockets.keys()) socket.close()
  }

  freeze(): void {
    if (this.#state !== 'awake') return
    this.#state = 'frozen'
    this.#device.releaseLocks(this)
  }

  wake(): void {
    if (this.#state !== 'frozen') return
    this.#state = 'awake'
    const held = this.#held
    this.#held = []
    for (const run of held) this.#clock.after(0, () => this.#run(run))
  }

  /** Its connections are gone, and what was under way to it with them. */
  cut(): void {
    for (const [socket, lost] of this.#sockets) {
      this.#sockets.delete(socket)
      socket.close()
      lost()
    }
  }

  #run(run: () => void): void {
    if (this.#state === 'awake') run()
    else if (this.#state === 'frozen') this.#held.push(run)
  }

  #after(delayMs: number, run: () => void): () => void {
    let isCancelled = false
    const cancel = this.#clock.after(delayMs, () => this.#run(() => isCancelled || run()))
    return () => {
      isCancelled = true
      cancel()
    }
  }

  /** Resolves as late as the storage is slow, and never in a dead page. */
  #pause(): Promise<void> {
    return new Promise((resolve) => this.#after(this.#random.below(storageMsMax + 1), resolve))
  }

  /** Begins after a while, and answers after another. */
  async #stored<Result>(run: () => Promise<Result>): Promise<Result> {
    await this.#pause()
    try {
      return await run()
    } finally {
      await this.#pause()
    }
  }

  /** The device's storage, as this page has it. */
  readonly storage: OutboxStorage = {
    open: () => this.#stored(() => this.#device.open()),
    persist: () => this.#stored(() => Promise.resolve('durable')),
    transact: (mode, run) => this.#stored(() => this.#device.transact(this, mode, run)),
    lock: async (name) => {
      const isTaken = await this.#stored(() => Promise.resolve(this.#device.takeLock(this, name)))
      return isTaken ? () => this.#device.releaseLock(this, name) : undefined
    },
  }

  /** The ports of a client that lives in this page. */
  ports({ random, connect, warn }: Pick<ClientPorts, 'random' | 'connect' | 'warn'>): ClientPorts {
    return {
      clock: {
        now: () => this.#clock.now() + this.#device.clockAheadMs,
        after: (delayMs, run) => this.#after(delayMs, run),
      },
      random,
      connect: this.#connectBy(connect),
      soon: (run) => void this.#after(0, run),
      warn,
    }
  }

  #connectBy(connect: Connect): Connect {
    return (url, subprotocol, handlers) => {
      let isLost = false
      const lost = (code: number): void =>
        this.#run(() => {
          if (isLost) return
          isLost = true
          handlers.closed(code, '')
        })
      if (!this.#device.isOnline) {
        this.#after(0, () => lost(lostCode))
        return { send: () => {}, close: () => lost(1000) }
      }
      const socket = connect(url, subprotocol, {
        opened: () => this.#run(() => isLost || handlers.opened()),
        received: (text) => this.#run(() => isLost || handlers.received(text)),
        closed: (code) => {
          this.#sockets.delete(socket)
          lost(code)
        },
      })
      this.#sockets.set(socket, () => lost(lostCode))
      return socket
    }
  }
}
