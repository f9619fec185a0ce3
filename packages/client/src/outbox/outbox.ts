import type { OutboxEntry, OutboxStorage, OutboxTransaction, Persistence, Random } from '@foldback/core'
import {
  actionKey,
  type ActionRow,
  actionsPrefix,
  actorKey,
  asJson,
  laneIn,
  laneKey,
  type LaneRow,
  lanesPrefix,
  type RejectionRow,
} from './rows.ts'

/*
 * One page's hold on what the device keeps.
 *
 * Invariants:
 * - A page writes to a lane only while the lane's row names it; the same transaction looks. A page that was asleep
 *   while its queue was adopted finds out by that, before it has given out a number.
 * - Adopting moves the open rows into the adopter's own lane, and the lanes with sealed rows to the adopter, in one
 *   transaction. Sealed rows stay as they are, under their lane and number.
 * - All that names a page is adopted together, and who adopts has a lane of its own in a row. So a page that has lost
 *   anything has lost its own lane, and with it all that it has written.
 * - What is adopted at one time comes in the order in which its lanes have begun.
 */

/** What is to happen to the queue, as a whole. */
export interface OutboxChange {
  /** Rows of this page's own lane, and of lanes that it has adopted. */
  readonly put: readonly { readonly key: string; readonly row: ActionRow }[]
  /** Keys of rows that are not needed any more, of any lane. */
  readonly remove: readonly string[]
  /** Rejections to keep, and with undefined to drop, by their key. */
  readonly rejections: readonly { readonly key: string; readonly row: RejectionRow | undefined }[]
}

/** A queue that another page has left behind. */
export interface Adopted {
  /** Lanes with sealed rows, which are to be sent as they are. */
  readonly lanes: readonly AdoptedLane[]
  /** Rows that are open and now in this page's own lane. */
  readonly open: readonly AdoptedRow[]
}

export interface AdoptedRow {
  readonly key: string
  readonly row: ActionRow
}

interface AdoptedLane {
  readonly lane: string
  readonly sealed: readonly AdoptedRow[]
}

/** The page's lane is another page's now: this one was taken for dead. */
export class LaneLost extends Error {}

/** Who the page is. A transaction goes by who it was when it was asked for, whatever becomes of the page meanwhile. */
interface Self {
  readonly page: string
  readonly lane: string
  /** The lane's row was written. */
  hasBegun: boolean
  /** A lane of this page that is given up with the next write. */
  abandoned: string | undefined
}

export class Outbox {
  #storage: OutboxStorage
  readonly #random: Random
  #self: Self
  #actor: string | undefined
  #release: (() => void) | undefined

  constructor(storage: OutboxStorage, random: Random) {
    this.#storage = storage
    this.#random = random
    this.#self = this.#mint()
  }

  /** The page's own lane: only this page gives out numbers in it. */
  get lane(): string {
    return this.#self.lane
  }

  /** Who this page is: another each time it leaves its queue behind. */
  get page(): string {
    return this.#self.page
  }

  get actor(): string | undefined {
    return this.#actor
  }

  #mint(page = this.#random.id()): Self {
    return { page, lane: this.#random.id(), hasBegun: false, abandoned: undefined }
  }

  /** Makes the storage ready. Afterwards `actor` is whoever was signed in last. */
  async open(): Promise<Persistence> {
    const storage = this.#storage
    const persistence = await storage.open()
    await this.#lock()
    const actor = await storage.transact(
      'read',
      async (rows) => (await rows.get(actorKey)) as string | undefined,
    )
    // It was given up meanwhile: what it says comes too late.
    if (storage === this.#storage) this.#actor = actor
    return persistence
  }

  /** The storage cannot be used: goes on with another one. */
  useInstead(storage: OutboxStorage): void {
    this.#storage = storage
  }

  persist(): Promise<Persistence> {
    return this.#storage.persist()
  }

  async #lock(): Promise<void> {
    this.#release?.()
    this.#release = await this.#storage.lock(this.#self.page)
  }

  /** Somebody is signed in from now on, or nobody. */
  async signedIn(actor: string | undefined): Promise<void> {
    this.#actor = actor
    await this.#storage.transact('write', async (rows) => {
      if (actor === undefined) rows.remove(actorKey)
      else rows.put(actorKey, actor)
    })
  }

  /** Leaves the queue as it is to whoever adopts it, and goes on as another page with a lane of its own. */
  async leave(): Promise<void> {
    this.#self = this.#mint()
    await this.#lock()
  }

  /** Takes a new lane; what was in the old one is written anew, and the next write drops it. */
  renew(): void {
    const { page, lane, hasBegun, abandoned } = this.#self
    this.#self = this.#mint(page)
    this.#self.abandoned = hasBegun ? lane : abandoned
  }

  /** @throws LaneLost */
  async write({ put, remove, rejections }: OutboxChange): Promise<void> {
    const self = this.#self
    const laneRow = this.#laneRow()
    await this.#storage.transact('strict', async (rows) => {
      const held = await this.#check(rows, self)
      // What only removes rows makes room, so it must need none.
      if (put.length > 0) await hold(rows, self.lane, laneRow, held)
      if (self.abandoned !== undefined) await this.#dropLane(rows, self.abandoned, new Set(remove))
      for (const { key, row } of put) rows.put(key, asJson(row))
      for (const key of remove) rows.remove(key)
      for (const { key, row } of rejections) {
        if (row === undefined) rows.remove(key)
        else rows.put(key, asJson(row))
      }
    })
    self.hasBegun ||= put.length > 0
    self.abandoned = undefined
  }

  /** A lane's row goes with its last action: what was adopted as the lane was given up is moved by a later write. */
  async #dropLane(rows: OutboxTransaction, lane: string, removed: ReadonlySet<string>): Promise<void> {
    const left = await rows.list(actionsPrefix(lane))
    if (left.every(([key]) => removed.has(key))) rows.remove(laneKey(lane))
  }

  /** Before anything is sent after a while: is the lane still this page's? @throws LaneLost */
  async check(): Promise<void> {
    const self = this.#self
    if (heldLane(self) !== undefined) await this.#storage.transact('read', (rows) => this.#check(rows, self))
  }

  async #check(rows: OutboxTransaction, self: Self): Promise<LaneRow | undefined> {
    const lane = heldLane(self)
    if (lane === undefined) return undefined
    const row = (await rows.get(laneKey(lane))) as LaneRow | undefined
    if (row?.page !== self.page) throw new LaneLost('The lane is another page’s.')
    return row
  }

  /**
   * Takes over what pages that are gone have left behind of this user, and of nobody.
   *
   * @param orders gives the rows that move their place in this page's lane.
   * @throws LaneLost when this page was taken for gone itself
   */
  async adopt(orders: () => number): Promise<Adopted> {
    const self = this.#self
    const laneRow = this.#laneRow()
    const left = await this.#storage.transact('read', async (rows) => {
      await this.#check(rows, self)
      return foreignLanes(rows, laneRow)
    })
    const locks = new Map<string, () => void>()
    try {
      for (const page of new Set(left.map(([, row]) => row.page))) {
        const release = await this.#storage.lock(page)
        if (release !== undefined) locks.set(page, release)
      }
      if (locks.size === 0) return { lanes: [], open: [] }
      const adopted = await this.#storage.transact('strict', async (rows) => {
        const held = await this.#check(rows, self)
        const lanes = (await foreignLanes(rows, laneRow)).filter(([, { page }]) => locks.has(page))
        const taken = await take(rows, lanes, self.lane, laneRow, orders)
        if (isSome(taken)) await hold(rows, self.lane, laneRow, held)
        return taken
      })
      self.hasBegun ||= isSome(adopted)
      return adopted
    } finally {
      for (const release of locks.values()) release()
    }
  }

  #laneRow(): LaneRow {
    return { actor: this.#actor ?? '', page: this.#self.page }
  }

  /** Everything under each prefix, as of one moment. */
  list(...prefixes: readonly string[]): Promise<(readonly OutboxEntry[])[]> {
    return this.#storage.transact('read', (rows) => Promise.all(prefixes.map((prefix) => rows.list(prefix))))
  }

  /** Changes rows beside the queue, which may be lost. */
  change(run: (rows: OutboxTransaction) => Promise<void>): Promise<void> {
    return this.#storage.transact('write', run)
  }

  /** The page goes: another one may adopt what it leaves. */
  close(): void {
    this.#release?.()
    this.#release = undefined
    this.#storage.close?.()
  }
}

/** The lane whose row must name the page; undefined while none was written. */
function heldLane({ lane, hasBegun, abandoned }: Self): string | undefined {
  return abandoned ?? (hasBegun ? lane : undefined)
}

type NamedLane = readonly [name: string, row: Required<LaneRow>]

/** Those of earlier builds have no place, and come first. */
async function lanesInOrder(rows: OutboxTransaction): Promise<NamedLane[]> {
  const lanes = (await rows.list(lanesPrefix)).map(
    ([key, row]) => [laneIn(key), { place: 0, ...(row as unknown as LaneRow) }] as const,
  )
  return lanes.sort(([, a], [, b]) => a.place - b.place)
}

/** Of other pages: all lanes of each, or none where one is somebody else's. */
async function foreignLanes(rows: OutboxTransaction, { page, actor }: LaneRow): Promise<NamedLane[]> {
  const lanes = await lanesInOrder(rows)
  const isOthers = ([, row]: NamedLane): boolean => row.actor !== actor && row.actor !== ''
  const others = new Set([page, ...lanes.filter(isOthers).map(([, row]) => row.page)])
  return lanes.filter(([, row]) => !others.has(row.page))
}

function isSome({ lanes, open }: Adopted): boolean {
  return lanes.length + open.length > 0
}

/** Writes whose a lane is from now on. One that has no row yet begins, behind all that there are. */
async function hold(
  rows: OutboxTransaction,
  lane: string,
  row: LaneRow,
  before: LaneRow | undefined,
): Promise<void> {
  const place = before?.place ?? ((await lanesInOrder(rows)).at(-1)?.[1].place ?? 0) + 1
  rows.put(laneKey(lane), asJson({ ...row, place }))
}

/** Moves the open rows of some lanes into `lane`, and the lanes with sealed rows to its page. */
async function take(
  rows: OutboxTransaction,
  lanes: readonly NamedLane[],
  lane: string,
  laneRow: LaneRow,
  orders: () => number,
): Promise<Adopted> {
  const taken = { lanes: [] as AdoptedLane[], open: [] as AdoptedRow[] }
  for (const [name, row] of lanes) {
    const sealed: AdoptedRow[] = []
    for (const [key, value] of await rows.list(actionsPrefix(name))) {
      const action = value as unknown as ActionRow
      if (action.n !== undefined) sealed.push({ key, row: action })
      else {
        const moved = actionKey(lane, orders())
        taken.open.push({ key: moved, row: action })
        rows.remove(key)
        rows.put(moved, value)
      }
    }
    if (sealed.length === 0) rows.remove(laneKey(name))
    else {
      await hold(rows, name, laneRow, row)
      // Adopted and dispatched actions may have their numbers in another order than their rows.
      sealed.sort((a, b) => a.row.n! - b.row.n!)
      taken.lanes.push({ lane: name, sealed })
    }
  }
  return taken
}
