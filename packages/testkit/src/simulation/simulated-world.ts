import { type AnyModel, type Clock, closeCodes } from '@foldback/core'
import { type ClientPorts, createSync, type Sync, type SyncOptions } from '@foldback/client'
import {
  type Authenticate,
  Engine,
  type EngineLimits,
  type EventStore,
  type Incident,
  type Rules,
} from '@foldback/engine'
import { memoryStore, type StoreMemory } from '../memory-store.ts'
import { SeededRandom } from './seeded-random.ts'
import { SimulatedDevice } from './simulated-device.ts'
import { type CrashKind, SimulatedDisk } from './simulated-disk.ts'
import { type Accept, type NetworkLimits, SimulatedNetwork } from './simulated-network.ts'
import type { SimulatedPage } from './simulated-page.ts'
import { VirtualClock } from './virtual-clock.ts'

const byName: Authenticate = async (token) => (token === undefined ? undefined : { actor: token, claims: {} })

export interface WorldOptions<Models extends readonly AnyModel[] = readonly AnyModel[]> {
  readonly seed: number
  readonly rules?: Rules<Models>
  readonly limits?: Partial<EngineLimits>
  readonly network?: Partial<NetworkLimits>
  /** Finds out who is speaking. @default the token of a `hello` or `token` is the name of its user */
  readonly authenticate?: Authenticate
  /** Makes a server's store from what is kept on the disk. @default memoryStore */
  readonly makeStore?: (memory: StoreMemory) => EventStore
}

/** A server that runs, and what it serves its connections with. */
interface RunningServer {
  readonly engine: Engine
  readonly accept: Accept
  isAlive: boolean
}

/** So many timers in one go are no progress: something sets itself off again and again. */
const timersMax = 1_000_000

/**
 * A server and its clients, the real ones, with a clock, a network and a disk that follow from a seed.
 */
export class SimulatedWorld<const Models extends readonly AnyModel[]> {
  readonly clock = new VirtualClock()
  readonly random: SeededRandom
  readonly network: SimulatedNetwork
  /** Under the server, and under those that come after it. */
  readonly disk: SimulatedDisk
  /** How far servers' clocks are ahead of the true time, in milliseconds. */
  serverClockAheadMs = 0
  /** As servers have it. */
  readonly serverClock: Clock = {
    now: () => this.clock.now() + this.serverClockAheadMs,
    after: (delayMs, run) => this.clock.after(delayMs, run),
  }
  readonly incidents: Incident[] = []
  readonly warnings: string[] = []
  readonly models: Models
  /** Those of the server that was started last. */
  serverModels: readonly AnyModel[]
  readonly #options: WorldOptions<Models>
  /** The server that takes connections now. */
  #server: RunningServer | undefined
  /** Those that another has taken over from, and that still live. */
  #superseded: RunningServer[] = []

  constructor(models: Models, options: WorldOptions<Models>) {
    this.models = models
    this.serverModels = models
    this.#options = options
    this.random = new SeededRandom(options.seed)
    this.network = new SimulatedNetwork(this.clock, this.random, options.network)
    this.disk = new SimulatedDisk(this.clock, this.random)
  }

  get engine(): Engine {
    if (this.#server === undefined) throw new Error('The server is not started.')
    return this.#server.engine
  }

  /** What the disk has synced: what a server finds that starts after a crash. */
  get memory(): StoreMemory {
    return this.disk.memory
  }

  /**
   * Starts a server. One that runs already is thought dead: it lives on with the connections that it has, and may not
   * write any more.
   *
   * @param models those of the program that starts, when that is another than before
   */
  async startServer(models: readonly AnyModel[] = this.serverModels): Promise<void> {
    this.serverModels = models
    const server = this.#makeServer(models)
    if (this.#server !== undefined) this.#superseded.push(this.#server)
    this.#server = server
    await this.waitFor(server.engine.start())
    this.network.listen(server.accept)
  }

  #makeServer(models: readonly AnyModel[]): RunningServer {
    const { rules, limits, makeStore = memoryStore, authenticate = byName } = this.#options
    const engine = new Engine({
      models,
      ...(rules !== undefined && { rules }),
      ...(limits !== undefined && { limits }),
      ports: {
        clock: this.serverClock,
        random: this.random,
        store: this.disk.storeFor(makeStore(this.memory), () => server.isAlive),
        defer: (run) => void this.clock.after(0, run),
        report: (incident) => this.incidents.push(incident),
      },
    })
    const server: RunningServer = {
      engine,
      accept: (connection) => engine.connectSync(connection, authenticate),
      isAlive: true,
    }
    return server
  }

  /** The server is gone from one moment to the next, and those before it. What is on the disk stays. */
  crashServer(how: CrashKind = 'process'): void {
    for (const server of [...this.#superseded, this.#server]) if (server !== undefined) server.isAlive = false
    this.#superseded = []
    this.#server = undefined
    this.disk.crash(how)
    this.network.listen(undefined)
  }

  /** The server ends in good order, as `close` of a real one: it settles what it has, says goodbye, and closes its store. */
  async stopServer(): Promise<void> {
    const server = this.#server
    if (server === undefined) throw new Error('The server is not started.')
    this.network.shut()
    await this.waitFor(server.engine.settle())
    this.network.closeAll(closeCodes.restarting)
    await this.waitFor(server.engine.close())
    server.isAlive = false
    this.#server = undefined
  }

  /** Those that another has taken over from end, with their connections. */
  endSuperseded(): void {
    for (const server of this.#superseded) {
      server.isAlive = false
      this.network.cutThoseOf(server.accept)
    }
    this.#superseded = []
  }

  /** A device whose pages share a storage. */
  makeDevice(): SimulatedDevice {
    return new SimulatedDevice(this.clock, this.random)
  }

  /** A client of this user, for a store of its own; in a page of a device, or in one of its own that never closes. */
  makeClient(
    user: string,
    options: Partial<Omit<SyncOptions<Models>, 'ports'>> = {},
    page?: SimulatedPage,
  ): Sync<Models> {
    const ports: ClientPorts = {
      clock: this.clock,
      random: this.random,
      connect: this.network.connectAs(page),
      soon: (run) => void this.clock.after(0, run),
      warn: (message) => this.warnings.push(message),
    }
    return createSync({
      url: 'ws://simulated',
      models: this.models,
      token: () => user,
      development: true,
      ...(page !== undefined && { outbox: page.storage }),
      ...options,
      ports: page === undefined ? ports : page.ports(ports),
    })
  }

  /** Lets everything happen that is due within so many milliseconds. */
  async run(forMs: number): Promise<void> {
    const until = this.clock.now() + forMs
    await settlePromises()
    for (let timers = 0; (this.clock.nextAt ?? Infinity) <= until; timers++) {
      if (timers > timersMax)
        throw new Error(`More than ${timersMax} timers within ${forMs} simulated milliseconds.`)
      this.clock.step()
      await settlePromises()
    }
    this.clock.moveTo(until)
  }

  /** Lets time pass until a promise has settled, and gives what it gives. */
  async waitFor<Value>(promise: Promise<Value>): Promise<Value> {
    let isSettled = false
    const settled = (): void => void (isSettled = true)
    promise.then(settled, settled)
    await this.runUntil(() => isSettled)
    return promise
  }

  /** Lets time pass until `isDone`; throws when that takes more than `withinMs`. */
  async runUntil(isDone: () => boolean, withinMs = 600_000): Promise<void> {
    const until = this.clock.now() + withinMs
    await settlePromises()
    while (!isDone()) {
      if ((this.clock.nextAt ?? Infinity) > until)
        throw new Error(`Not done within ${withinMs} simulated milliseconds.`)
      this.clock.step()
      await settlePromises()
    }
  }
}

/**
 * Everything here waits for timers of the virtual clock or for promises alone; this lets the promises finish. What
 * `nextTick` is given among promises runs when there are no more of them, a hundred times sooner than a real timer.
 */
async function settlePromises(): Promise<void> {
  await Promise.resolve()
  await new Promise<void>((resolve) => process.nextTick(resolve))
}
