import type { Clock, Json, OutboxEntry, OutboxTransaction, Persistence } from '@foldback/core'
import type { SeededRandom } from './seeded-random.ts'
import { SimulatedPage } from './simulated-page.ts'

/** What a transaction changed, by key; undefined where a row was removed. */
export type DeviceChanges = ReadonlyMap<string, Json | undefined>

/** The longest time from a transaction that is not strict to its being on the disk. */
const flushMsMax = 500

/**
 * What a device keeps for its pages: rows, in transactions that happen one after the other as a whole or not at all,
 * and locks. When the device loses its power, transactions that were not strict, and not followed by a strict one, may
 * be lost, the last ones first.
 */
export class SimulatedDevice {
  readonly #clock: Clock
  readonly #random: SeededRandom
  readonly #rows = new Map<string, string>()
  /** What is on the disk. */
  readonly #flushed = new Map<string, string>()
  /** Transactions that are not on the disk yet, in order. */
  #unflushed: ReadonlyMap<string, string | undefined>[] = []
  readonly #pages = new Set<SimulatedPage>()
  readonly #locks = new Map<string, SimulatedPage>()
  #turn: Promise<unknown> = Promise.resolve()
  /** How its storage opens; `never` is a browser's storage that is stuck. */
  opening: 'opens' | 'rejects' | 'never' = 'opens'
  /** Its storage takes no more rows before some are removed. */
  isFull = false
  /** How far its clock is ahead of the true time, in milliseconds. */
  clockAheadMs = 0
  /** Without a network no page gets a connection. */
  isOnline = true
  /** Called before each transaction with changes; true lets it fail, having changed nothing. */
  failsAt: () => boolean = () => false
  /** Sees what each transaction has changed, and for which page. */
  observe: (changes: DeviceChanges, page: SimulatedPage) => void = () => {}
  /** Sees what has reached the disk of it, where no loss of power takes it away. */
  observeSynced: (changes: DeviceChanges) => void = () => {}

  constructor(clock: Clock, random: SeededRandom) {
    this.#clock = clock
    this.#random = random
  }

  /** A page that is opened on this device. */
  openPage(): SimulatedPage {
    const page = new SimulatedPage(this, this.#clock, this.#random)
    this.#pages.add(page)
    return page
  }

  /** The rows whose key begins with `prefix`, in order. */
  list(prefix: string): OutboxEntry[] {
    return listIn(this.#rows, prefix)
  }

  /** The network is there or not; without it, connections are gone. */
  setOnline(isOnline: boolean): void {
    this.isOnline = isOnline
    if (!isOnline) for (const page of this.#pages) page.cut()
  }

  /** The power goes: every page dies, and what was not on the disk may be lost. */
  crash(): void {
    for (const page of this.#pages) page.die()
    const kept = this.#unflushed.slice(0, this.#random.below(this.#unflushed.length + 1))
    for (const changes of kept) apply(changes, this.#flushed)
    this.#unflushed = []
    this.#rows.clear()
    for (const [key, text] of this.#flushed) this.#rows.set(key, text)
  }

  // For its pages

  /** Opens the storage for a page. */
  open(): Promise<Persistence> {
    if (this.opening === 'never') return new Promise(() => {})
    return this.opening === 'opens' ? Promise.resolve('durable') : Promise.reject(new Error('No storage.'))
  }

  /** Runs a page's transaction when those before it are through. */
  transact<Result>(
    page: SimulatedPage,
    mode: 'read' | 'write' | 'strict',
    run: (rows: OutboxTransaction) => Promise<Result>,
  ): Promise<Result> {
    const result = this.#turn.then(async () => {
      const changes = new Map<string, string | undefined>()
      const value = await run(transactionOn(this.#rows, changes))
      if (changes.size > 0) this.#commit(page, mode, changes)
      return value
    })
    this.#turn = result.catch(() => {})
    return result
  }

  #commit(
    page: SimulatedPage,
    mode: 'read' | 'write' | 'strict',
    changes: ReadonlyMap<string, string | undefined>,
  ): void {
    if (mode === 'read') throw new Error('A transaction that only reads has changed something.')
    if (this.failsAt()) throw new Error('The disk has failed.')
    if (this.isFull) this.#makeRoom(changes)
    apply(changes, this.#rows)
    this.#unflushed.push(changes)
    if (mode === 'strict') this.#flush()
    else this.#clock.after(this.#random.below(flushMsMax + 1), () => this.#flush())
    this.observe(parsedChanges(changes), page)
  }

  #makeRoom(changes: ReadonlyMap<string, string | undefined>): void {
    if ([...changes.values()].some((text) => text !== undefined)) throw new Error('The disk is full.')
    if ([...changes.keys()].some((key) => this.#rows.has(key))) this.isFull = false
  }

  #flush(): void {
    for (const changes of this.#unflushed) {
      apply(changes, this.#flushed)
      this.observeSynced(parsedChanges(changes))
    }
    this.#unflushed = []
  }

  /** False when another page has the lock. */
  takeLock(page: SimulatedPage, name: string): boolean {
    if (this.#locks.has(name)) return false
    this.#locks.set(name, page)
    return true
  }

  releaseLock(page: SimulatedPage, name: string): void {
    if (this.#locks.get(name) === page) this.#locks.delete(name)
  }

  /** Frees the locks of a page that is frozen or dead. */
  releaseLocks(page: SimulatedPage): void {
    for (const [name, holder] of this.#locks) if (holder === page) this.#locks.delete(name)
  }

  /** A page has died. */
  forget(page: SimulatedPage): void {
    this.releaseLocks(page)
    this.#pages.delete(page)
  }
}

function transactionOn(
  rows: ReadonlyMap<string, string>,
  changes: Map<string, string | undefined>,
): OutboxTransaction {
  return {
    get: (key) => Promise.resolve(parsed(rows.get(key))),
    list: (prefix) => Promise.resolve(listIn(rows, prefix)),
    put: (key, value) => void changes.set(key, JSON.stringify(value)),
    remove: (key) => void changes.set(key, undefined),
  }
}

function listIn(rows: ReadonlyMap<string, string>, prefix: string): OutboxEntry[] {
  return [...rows]
    .filter(([key]) => key.startsWith(prefix))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, text]) => [key, JSON.parse(text) as Json])
}

function apply(changes: ReadonlyMap<string, string | undefined>, rows: Map<string, string>): void {
  for (const [key, text] of changes) {
    if (text === undefined) rows.delete(key)
    else rows.set(key, text)
  }
}

function parsedChanges(changes: ReadonlyMap<string, string | undefined>): DeviceChanges {
  return new Map([...changes].map(([key, text]) => [key, parsed(text)]))
}

function parsed(text: string | undefined): Json | undefined {
  return text === undefined ? undefined : (JSON.parse(text) as Json)
}
