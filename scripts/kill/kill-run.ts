import { copyFileSync, existsSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { messageOf } from '@foldback/core'
import { SeededRandom } from '@foldback/testkit'
import { Clients } from './clients.ts'
import { Ledger } from './ledger.ts'
import { models } from './models.ts'
import { freePort, ServerProcess } from './server-process.ts'
import { StoredLog } from './stored-log.ts'

export interface KillOptions {
  /** How often the server is killed. */
  readonly cycles: number
  /** Decides when, and what clients do meanwhile; how far they have come by then, the machine decides. */
  readonly seed: number
  /** Milliseconds for which a server works before it is killed, at most. */
  readonly workMsMax: number
  /** A folder for the database and the devices' queues. */
  readonly folder: string
  readonly progress: (text: string) => void
}

export interface KillSummary {
  readonly seed: number
  readonly cycles: number
  /** How often it was killed before it listened. */
  readonly killedWhileStarting: number
  readonly clientsKilled: number
  readonly eventCount: number
  readonly accepted: number
  readonly refused: number
  readonly queued: number
  readonly lost: readonly string[]
  readonly doubled: readonly string[]
  readonly wrongRecords: readonly string[]
  /** Everything else that should not be. */
  readonly faults: readonly string[]
  readonly integrity: string
  /** Milliseconds from the start of a process to the moment at which it listens. */
  readonly recoveryMsMax: number
}

/** One server in so many is killed before it listens. */
const killedEarlyOneIn = 8
/** In one cycle of so many a client is killed too. */
const clientKilledOneIn = 4
/** After so many cycles everything is read and folded in between. */
const cyclesPerCheck = 20

/** Kills a server again and again while clients work with it, and then looks at what is there. */
export class KillRun {
  readonly #options: KillOptions
  readonly #random: SeededRandom
  readonly #ledger = new Ledger()
  readonly #faults = new Set<string>()
  readonly #lost = new Set<string>()
  readonly #doubled = new Set<string>()
  readonly #wrongRecords = new Set<string>()
  readonly #integrity = new Set<string>()
  #port = 0
  #killedWhileStarting = 0
  #clientsKilled = 0
  #recoveryMs = 0
  #recoveryMsMax = 0
  #eventCount = 0

  constructor(options: KillOptions) {
    this.#options = options
    this.#random = new SeededRandom(options.seed)
  }

  async run(): Promise<KillSummary> {
    this.#port = await freePort(this.#random)
    const clients = new Clients({
      port: this.#port,
      folder: this.#options.folder,
      random: new SeededRandom(this.#options.seed + 1),
      ledger: this.#ledger,
      fault: this.#fault,
    })
    try {
      for (let cycle = 1; cycle <= this.#options.cycles; cycle += 1) {
        await this.#cycle(clients)
        if (cycle % cyclesPerCheck === 0) this.#checkCopy(clients)
        this.#options.progress(
          `cycle ${cycle}: ${this.#ledger.settledCount} settled, ${this.#eventCount} events checked`,
        )
      }
      await this.#comeToRest(clients)
    } catch (thrown) {
      this.#fault(messageOf(thrown))
    } finally {
      await clients.close()
    }
    return this.#summary()
  }

  readonly #fault = (text: string): void => void this.#faults.add(text.trim())

  // Killing

  async #cycle(clients: Clients): Promise<void> {
    const server = this.#startServer()
    if (this.#random.below(killedEarlyOneIn) === 0) {
      await delay(this.#random.below(this.#recoveryMs + 1))
      this.#killedWhileStarting += server.isListening ? 0 : 1
    } else {
      await server.listening
      const killing =
        this.#random.below(clientKilledOneIn) === 0 ? this.#killClient(clients) : Promise.resolve()
      await delay(this.#random.below(this.#options.workMsMax))
      await killing
    }
    await server.kill()
  }

  async #killClient(clients: Clients): Promise<void> {
    await delay(this.#random.below(this.#options.workMsMax))
    await clients.killOne()
    this.#clientsKilled += 1
  }

  #startServer(): ServerProcess {
    const server = new ServerProcess(this.#databasePath, this.#port, this.#fault)
    server.listening.then(
      (ms) => {
        this.#recoveryMs = ms
        this.#recoveryMsMax = Math.max(this.#recoveryMsMax, ms)
      },
      () => {},
    )
    return server
  }

  // Checking

  get #databasePath(): string {
    return join(this.#options.folder, 'log.db')
  }

  /** The server is to recover its file by itself, so a copy is looked at. */
  #checkCopy(clients: Clients): void {
    const folder = join(this.#options.folder, 'copy')
    mkdirSync(folder, { recursive: true })
    const copy = join(folder, 'log.db')
    for (const end of ['', '-wal', '-shm']) {
      rmSync(`${copy}${end}`, { force: true })
      const file = `${this.#databasePath}${end}`
      if (existsSync(file)) copyFileSync(file, `${copy}${end}`)
    }
    this.#check(copy, clients)
  }

  /** Whoever was told something may count on it from then on. */
  #check(path: string, clients: Clients): StoredLog {
    const log = new StoredLog(path, models)
    this.#eventCount = log.eventCount
    for (const id of this.#ledger.accepted) if (!log.places.has(id)) this.#lost.add(id)
    for (const id of this.#ledger.refused)
      if (log.places.has(id)) this.#fault(`${id} was refused, and happened`)
    for (const text of log.doubled) this.#doubled.add(text)
    for (const text of log.wrongRecords) this.#wrongRecords.add(text)
    for (const text of [...log.disorder, ...this.#ledger.contradictions]) this.#fault(text)
    for (const { lane, n } of clients.marks) {
      if ((log.marks.get(lane) ?? 0) < n) this.#fault(`${lane} was told to be settled up to ${n}`)
    }
    this.#integrity.add(log.integrity)
    return log
  }

  /** Nothing is killed any more: what waits is settled, everybody shows the same, and then all is looked at. */
  async #comeToRest(clients: Clients): Promise<void> {
    const server = this.#startServer()
    await server.listening
    await this.#checkShown(clients).catch((thrown: unknown) => this.#fault(messageOf(thrown)))
    await server.kill()
    const log = this.#check(this.#databasePath, clients)
    const { queued, refused } = this.#ledger
    for (const id of queued) if (!log.places.has(id) && !refused.has(id)) this.#lost.add(id)
  }

  async #checkShown(clients: Clients): Promise<void> {
    await clients.rest()
    const log = new StoredLog(this.#databasePath, models)
    await this.#checkServed(log)
    const order = ordersIn(log)
    const stock = log.stateOf('stock', 'shared')
    await clients.show((user) => ({ order, stock, notebook: log.stateOf('notebook', user) }))
  }

  async #checkServed(log: StoredLog): Promise<void> {
    for (const [key, { state }] of log.streams) {
      // Of a notebook only its user may read, whose name is its id.
      const user = key.slice(key.indexOf('/') + 1)
      const response = await fetch(`http://127.0.0.1:${this.#port}/records/${key}`, {
        headers: { authorization: `Bearer ${user}` },
      })
      const served = (await response.json()) as { readonly state?: unknown }
      if (!isDeepStrictEqual(served.state ?? null, state)) this.#wrongRecords.add(`${key} as it is served`)
    }
  }

  #summary(): KillSummary {
    const { accepted, refused, queued } = this.#ledger
    return {
      seed: this.#options.seed,
      cycles: this.#options.cycles,
      killedWhileStarting: this.#killedWhileStarting,
      clientsKilled: this.#clientsKilled,
      eventCount: this.#eventCount,
      accepted: accepted.size,
      refused: refused.size,
      queued: queued.size,
      lost: [...this.#lost],
      doubled: [...this.#doubled],
      wrongRecords: [...this.#wrongRecords],
      faults: [...this.#faults],
      integrity: [...this.#integrity].join(', '),
      recoveryMsMax: this.#recoveryMsMax,
    }
  }
}

function ordersIn(log: StoredLog): { readonly [id: string]: unknown } {
  const kept = [...log.streams].filter(([key, { state }]) => key.startsWith('order/') && state !== null)
  return Object.fromEntries(kept.map(([key, { state }]) => [key.slice('order/'.length), state]))
}
