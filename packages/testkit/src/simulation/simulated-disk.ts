import { type Clock, type ErrorCode, FoldbackError } from '@foldback/core'
import type { AppendBatch, EventStore, OpenedLog, UnitOutcome } from '@foldback/engine'
import { StoreMemory } from '../memory-store.ts'
import type { SeededRandom } from './seeded-random.ts'

/** `stuck`: what is to be synced waits, and so do those who wait for the answer. */
export type DiskPace = 'usual' | 'slow' | 'stuck'

/** How a server ends: its process alone, or the machine with what the disk had not synced. */
export type CrashKind = 'process' | 'power'

/** What became of an append that was not answered as usual. */
export type AppendFate =
  | 'superseded'
  | 'no room'
  | 'written and synced later'
  | 'lost before it was synced'
  | 'synced and not answered'

/** The longest that a store takes to begin, to sync, and to answer, in milliseconds; and to sync when it is slow. */
const beginMsMax = 10
const syncMsMax = 15
const answerMsMax = 5
const slowSyncMsMax = 2_000

/**
 * The disk under the event stores of one server after the other. An append is first written, which nobody sees, and
 * then synced, which makes it durable and visible; it is answered after that. When a process dies, what it has written
 * is synced all the same; when the power goes, it is lost. One server at a time may write: the one that was started
 * last, whoever else still lives.
 */
export class SimulatedDisk {
  readonly memory = new StoreMemory()
  readonly #clock: Clock
  readonly #random: SeededRandom
  /** What is written and not synced, in order. */
  readonly #unsynced = new Set<UnsyncedAppend>()
  #whenGoing: (() => void)[] = []
  #pace: DiskPace = 'usual'
  #writers = 0
  #unanswered = 0
  /** There is no room: nothing is written, and everything can be read. */
  isFull = false
  /** Hears of each append that is refused, and of each whose server dies before it is answered. */
  observe: (fate: AppendFate) => void = () => {}

  constructor(clock: Clock, random: SeededRandom) {
    this.#clock = clock
    this.#random = random
  }

  get pace(): DiskPace {
    return this.#pace
  }

  setPace(pace: DiskPace): void {
    this.#pace = pace
    if (pace === 'stuck') return
    const waiting = this.#whenGoing
    this.#whenGoing = []
    for (const go of waiting) go()
  }

  /**
   * The store of a server, for as long as that lives; afterwards nothing is written, and nobody hears.
   *
   * @param store keeps what is synced, in this disk's memory
   */
  storeFor(store: EventStore, isAlive: () => boolean): EventStore {
    let writer = 0
    const never = new Promise<never>(() => {})
    const calm = async <Answer>(run: () => Promise<Answer>): Promise<Answer> => {
      await this.#pause(beginMsMax)
      if (!isAlive()) return never
      const answer = await run()
      await this.#pause(answerMsMax)
      return isAlive() ? answer : never
    }
    const open = (...args: Parameters<EventStore['open']>): Promise<OpenedLog> =>
      calm(async () => {
        const opened = await store.open(...args)
        // Whoever wrote before has the lock until it is synced.
        for (const append of this.#unsynced) append.sync().catch(() => {})
        this.#unsynced.clear()
        writer = ++this.#writers
        return opened
      })
    const append = async (batch: AppendBatch): Promise<readonly UnitOutcome[]> => {
      await this.#pause(beginMsMax)
      if (!isAlive()) return never
      if (writer !== this.#writers) throw this.#refused('superseded', 'writer-superseded')
      if (this.isFull) throw this.#refused('no room', 'disk-full')
      const outcomes = await this.#sync(new UnsyncedAppend(() => store.append(batch)))
      if (outcomes === undefined) return never
      this.#unanswered++
      await this.#pause(answerMsMax)
      this.#unanswered--
      return isAlive() ? outcomes : never
    }
    return new Proxy(store, {
      get: (target, name: keyof EventStore) => {
        if (name === 'open') return open
        if (name === 'append') return append
        return (...args: never[]) =>
          calm(() => (target[name] as (...given: never[]) => Promise<unknown>)(...args))
      },
    })
  }

  /** Every server that had this disk is gone. */
  crash(how: CrashKind): void {
    for (let count = 0; count < this.#unanswered; count++) this.observe('synced and not answered')
    for (const append of this.#unsynced) {
      this.observe(how === 'power' ? 'lost before it was synced' : 'written and synced later')
      if (how === 'process') append.sync().catch(() => {})
    }
    this.#unsynced.clear()
  }

  /** Undefined when the append was written, and its server is gone. */
  async #sync(append: UnsyncedAppend): Promise<readonly UnitOutcome[] | undefined> {
    this.#unsynced.add(append)
    await this.#pause(this.#pace === 'slow' ? slowSyncMsMax : syncMsMax)
    while (this.#pace === 'stuck' && this.#unsynced.has(append)) await this.#going()
    return this.#unsynced.delete(append) ? append.sync() : append.outcomes
  }

  #refused(fate: AppendFate, code: ErrorCode): FoldbackError {
    this.observe(fate)
    return new FoldbackError(code)
  }

  #going(): Promise<void> {
    return new Promise((resolve) => this.#whenGoing.push(resolve))
  }

  #pause(msMax: number): Promise<void> {
    return new Promise((resolve) => this.#clock.after(this.#random.below(msMax + 1), resolve))
  }
}

class UnsyncedAppend {
  readonly #run: () => Promise<readonly UnitOutcome[]>
  /** Once it is synced. */
  outcomes: Promise<readonly UnitOutcome[]> | undefined

  constructor(run: () => Promise<readonly UnitOutcome[]>) {
    this.#run = run
  }

  sync(): Promise<readonly UnitOutcome[]> {
    return (this.outcomes ??= this.#run())
  }
}
