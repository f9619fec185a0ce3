import { type AnyModel, closeCodes } from '@foldback/core'
import { type ClientPorts, createSync, type Sync, type SyncOptions } from '@foldback/client'
import {
  type Authenticate,
  Engine,
  type EngineLimits,
  type EventStore,
  type Incident,
  type Rules,
} from '@foldback/engine'
import { memoryStore, StoreMemory } from '../memory-store.ts'
import { SeededRandom } from './seeded-random.ts'
import { SimulatedDevice } from './simulated-device.ts'
import { type NetworkLimits, SimulatedNetwork } from './simulated-network.ts'
import type { SimulatedPage } from './simulated-page.ts'
import { VirtualClock } from './virtual-clock.ts'

const byName: Authenticate = async (token) => (token === undefined ? undefined : { actor: token, claims: {} })

/** The longest that a store takes to begin, and again to answer. */
const storeMsMax = 15

export interface WorldOptions<Models extends readonly AnyModel[] = readonly AnyModel[]> {
  readonly seed: number
  readonly rules?: Rules<Models>
  readonly limits?: Partial<EngineLimits>
  readonly network?: Partial<NetworkLimits>
  /** Finds out who is speaking. @default the token of a `hello` or `token` is the name of its user */
  readonly authenticate?: Authenticate
  /** Makes the server's store from what it kept before. @default memoryStore */
  readonly makeStore?: (memory: StoreMemory) => EventStore
}

/**
 * A server and its clients, the real ones, with a clock, a network and a disk that follow from a seed.
 */
export class SimulatedWorld<const Models extends readonly AnyModel[]> {
  readonly clock = new VirtualClock()
  readonly random: SeededRandom
  readonly network: SimulatedNetwork
  readonly memory = new StoreMemory()
  readonly incidents: Incident[] = []
  readonly warnings: string[] = []
  readonly models: Models
  /** Those of the server that was started last. */
  serverModels: readonly AnyModel[]
  readonly #options: WorldOptions<Models>
  #engine: Engine | undefined
  /** How often the server was started; what an earlier one still does has no effect. */
  #starts = 0

  constructor(models: Models, options: WorldOptions<Models>) {
    this.models = models
    this.serverModels = models
    this.#options = options
    this.random = new SeededRandom(options.seed)
    this.network = new SimulatedNetwork(this.clock, this.random, options.network)
  }

  get engine(): Engine {
    if (this.#engine === undefined) throw new Error('The server is not started.')
    return this.#engine
  }

  /** @param models those of the program that starts, when that is another than before */
  async startServer(models: readonly AnyModel[] = this.serverModels): Promise<void> {
    this.serverModels = models
    const start = ++this.#starts
    const store = (this.#options.makeStore ?? memoryStore)(this.memory)
    const engine = new Engine({
      models,
      ...(this.#options.rules !== undefined && { rules: this.#options.rules }),
      ...(this.#options.limits !== undefined && { limits: this.#options.limits }),
      ports: {
        clock: this.clock,
        random: this.random,
        store: simulatedStore(
          store,
          () => this.#pause(),
          () => this.#starts === start && this.#isRunning,
        ),
        defer: (run) => void this.clock.after(0, run),
        report: (incident) => this.incidents.push(incident),
      },
    })
    this.#engine = engine
    await this.waitFor(engine.start())
    const { authenticate = byName } = this.#options
    this.network.listen((connection) => engine.connectSync(connection, authenticate))
  }

  /** The server is gone from one moment to the next. What its store had answered is kept. */
  crashServer(): void {
    this.#engine = undefined
    this.network.listen(undefined)
  }

  /** The server ends in good order, as `close` of a real one: it settles what it has, says goodbye, and closes its store. */
  async stopServer(): Promise<void> {
    const { engine } = this
    this.network.shut()
    await this.waitFor(engine.settle())
    this.network.closeAll(closeCodes.restarting)
    await this.waitFor(engine.close())
    this.#engine = undefined
  }

  get #isRunning(): boolean {
    return this.#engine !== undefined
  }

  /** As long as a disk takes, at random. */
  #pause(): Promise<void> {
    return new Promise((resolve) => this.clock.after(this.random.below(storeMsMax + 1), resolve))
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
      connect: this.network.connect,
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
    while ((this.clock.nextAt ?? Infinity) <= until) {
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

/** Everything here waits for timers of the virtual clock or for promises alone; this lets the promises finish. */
function settlePromises(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/**
 * A store whose every call takes a while, before it happens and after, and which answers its process only as long as
 * that lives: afterwards nothing is written, and nobody hears.
 */
function simulatedStore(store: EventStore, pause: () => Promise<void>, isAlive: () => boolean): EventStore {
  const never = new Promise<never>(() => {})
  return new Proxy(store, {
    get(target, name: keyof EventStore) {
      return async (...args: never[]) => {
        await pause()
        if (!isAlive()) return never
        const answer = await (target[name] as (...given: never[]) => unknown)(...args)
        await pause()
        return isAlive() ? answer : never
      }
    },
  })
}
