import { type AnyModel, type Clock, type Persistence, type StampedAction, upcastAction } from '@foldback/core'
import { Entry, type LocalRef } from './entry.ts'
import type { Intake } from './intake.ts'
import type { Interests } from './interests.ts'
import type { LocalActions } from './local-actions.ts'
import { memoryOutbox } from './outbox/memory-outbox.ts'
import { type AdoptedRow, LaneLost, type Outbox } from './outbox/outbox.ts'
import type { RecordCache } from './outbox/record-cache.ts'
import type { Rejections } from './outbox/rejections.ts'
import type { Replicas } from './replicas.ts'
import type { SendQueue } from './send-queue.ts'

export interface DeviceParts {
  readonly outbox: Outbox
  readonly queue: SendQueue
  readonly replicas: Replicas
  readonly interests: Interests
  readonly intake: Intake
  readonly cache: RecordCache
  readonly rejections: Rejections
  readonly local: LocalActions
  readonly clock: Clock
  readonly limits: DeviceLimits
  /** Who is signed in as far as the application knows. */
  readonly user: () => string | undefined
  /** An entry has come back from the outbox. */
  readonly onAdopted: (entry: Entry) => void
  /** An entry is not this page's any more, or not for now. */
  readonly onLetGo: (entry: Entry) => void
  /** Lanes were adopted: the server is to be told of them, unless it is told who this page is only later. */
  readonly onLanes: () => void
  readonly onFailed: (code: 'outbox-unavailable' | 'outbox-failed', cause: unknown) => void
  readonly onChange: () => void
}

/** Bounds of what this page does with its device's storage. */
export interface DeviceLimits {
  /** Milliseconds that the storage may take to open; then the page goes on without. */
  readonly openMsMax: number
  /** Milliseconds between two looks for what closed pages have left behind. */
  readonly adoptMs: number
}

/**
 * This page's part in what its device keeps: reads what is there when the page opens, takes over what other pages
 * leave behind, and sets a user's actions aside when another one signs in.
 */
export class Device {
  readonly #parts: DeviceParts
  #opening: Promise<void> | undefined
  #persistence: Persistence | 'opening' = 'opening'
  #isPersistAsked = false
  /** Actions of users who are not signed in now, for those who wait for their outcomes. */
  readonly #aside = new Map<string, { readonly entry: Entry; readonly actor: string }>()
  /** What others have left of this user was looked at. */
  #hasAdopted = false
  #isLosing = false
  #cancelTimer: (() => void) | undefined
  #adopting: Promise<void> = Promise.resolve()
  #turn: Promise<void> = Promise.resolve()
  #hurried = (): void => {}

  constructor(parts: DeviceParts) {
    this.#parts = parts
  }

  get persistence(): Persistence | 'opening' {
    return this.#persistence
  }

  /** Reads what is kept, once; the page may send from then on. */
  open(): Promise<void> {
    return (this.#opening ??= this.#open())
  }

  async #open(): Promise<void> {
    const { outbox, queue, onChange } = this.#parts
    try {
      this.#persistence = await this.#inTime(outbox.open())
    } catch (cause) {
      this.#parts.onFailed('outbox-unavailable', cause)
      outbox.useInstead(memoryOutbox())
      this.#persistence = 'page'
    }
    await this.#begin().catch((cause: unknown) => this.#failed(cause))
    queue.open()
    onChange()
  }

  #failed(cause: unknown): void {
    this.#parts.onFailed('outbox-failed', cause)
  }

  /** A browser's storage can be stuck for good; a page must not be. */
  #inTime<Result>(opening: Promise<Result>): Promise<Result> {
    const { clock, limits } = this.#parts
    return new Promise((resolve, reject) => {
      const cancel = clock.after(limits.openMsMax, () => reject(new Error('It took too long to open.')))
      opening.then(resolve, reject).finally(cancel)
    })
  }

  /** Asks the browser, once there is something, not to throw it away. */
  askToPersist(): void {
    if (this.#isPersistAsked || this.#persistence !== 'best-effort') return
    this.#isPersistAsked = true
    this.#parts.outbox.persist().then(
      (persistence) => {
        this.#persistence = persistence
        this.#parts.onChange()
      },
      () => {},
    )
  }

  // What is kept of the user who is signed in

  async #begin(): Promise<void> {
    const { outbox, user } = this.#parts
    const name = user()
    if (name !== undefined && name !== outbox.actor) await this.#inTime(outbox.signedIn(name))
    await this.#enter()
  }

  async #enter(): Promise<void> {
    const { outbox, cache, rejections, replicas, interests } = this.#parts
    this.#hasAdopted = false
    if (outbox.actor !== undefined) {
      await this.#inTime(Promise.all([cache.load(replicas.models), rejections.load()]))
      for (const [model, id] of interests.wanted) this.restore(model, id)
    }
    await this.#adopt()
  }

  /** Shows what is kept of a record, or of all records of a model. */
  restore(model: AnyModel, id: string | undefined): void {
    const { cache, interests, intake } = this.#parts
    if (id !== undefined) {
      const confirmed = cache.record({ model, id })
      if (confirmed !== undefined) intake.restore({ model, id }, confirmed)
      return
    }
    for (const [each, confirmed] of cache.recordsOf(model)) intake.restore({ model, id: each }, confirmed)
    if (cache.isListed(model)) interests.restored(model, cache.listing(model))
  }

  // What others have left behind

  /** Before a connection says who it is: the lane may be another page's by now, and others' lanes this page's. */
  async prepare(): Promise<void> {
    if (this.#persistence === 'page') return
    try {
      await this.#inTime(this.#checkAndAdopt())
    } catch (cause) {
      // A storage that does not answer keeps nothing from being sent that it has: each write looks again.
      if (cause instanceof LaneLost) throw cause
      this.#failed(cause)
    }
  }

  async #checkAndAdopt(): Promise<void> {
    await this.#parts.outbox.check()
    await this.#adopt()
  }

  /** Looks for what is left behind from now on, now and then. */
  watch(): void {
    this.unwatch()
    if (this.#persistence === 'page') return
    const { clock, limits } = this.#parts
    this.#cancelTimer = clock.after(limits.adoptMs, () => {
      this.watch()
      this.#look()
    })
  }

  unwatch(): void {
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
  }

  #look(): void {
    // The next write will say more clearly what fails.
    this.#adopt().catch(() => {})
  }

  /** One after the other: what is being adopted must not be adopted again, nor by a page that is not the same any more. */
  #adopt(): Promise<void> {
    return this.#alone(() => this.#adoptNow())
  }

  async #alone<Result>(run: () => Promise<Result>): Promise<Result> {
    const before = this.#adopting
    let done = (): void => {}
    this.#adopting = new Promise((resolve) => (done = resolve))
    await before
    const result = run()
    // One that hangs is not waited for by the next; what it says later is looked at as if it were another page's.
    this.#inTime(result).then(done, done)
    return result
  }

  async #adoptNow(): Promise<void> {
    const { outbox, queue, intake, onLanes } = this.#parts
    const { page, actor } = outbox
    // What is there first was dispatched before whatever this page has for this user, and not sealed yet.
    const isEarlier = !this.#hasAdopted && queue.own.byN.size === 0
    const { lanes, open } = await outbox.adopt(() => queue.orderOfAdopted(isEarlier))
    // It has left its queue behind meanwhile, and this with it.
    if (page !== outbox.page) return
    const entries: Entry[] = []
    for (const { lane: name, sealed } of lanes) {
      const lane = queue.adoptLane(name, sealed[0]!.row.n!)
      const { settledUpTo } = lane
      for (const { key, row } of sealed) {
        const known = lane.byN.get(row.n!)
        // A page that had lost its lane knows these already, but not what has been given up since.
        if (known !== undefined) {
          if (row.isCancelled) known.cancel = 'written'
          continue
        }
        if (row.n! <= settledUpTo) {
          queue.removeRow(key)
          continue
        }
        const entry = this.#entryOf({ key, row }, 'sealed')
        if (row.isCancelled) entry.cancel = 'written'
        lane.place(entry, row.n!)
        entries.push(entry)
      }
    }
    for (const row of open) entries.push(this.#entryOf(row, 'open'))
    this.#takeIn(entries, isEarlier)
    // Somebody else may have come meanwhile, of whom nothing was looked for.
    if (actor === outbox.actor) {
      this.#hasAdopted = true
      this.#bringBack(actor ?? '')
    }
    intake.end()
    // Also when whoever asked for it has waited long enough, and the connection has said who it is.
    if (lanes.length > 0) onLanes()
  }

  /** What was set aside of this user and is in no row: it was dispatched after all that is. */
  #bringBack(actor: string): void {
    const unwritten: Entry[] = []
    for (const [id, { entry, actor: owner }] of this.#aside) {
      if (owner !== actor && owner !== '') continue
      this.#aside.delete(id)
      // It is not there any more: another page has adopted it meanwhile. What no write was begun of is only here.
      if (entry.key === undefined) unwritten.push(entry)
      else entry.abandon('taken-over')
    }
    this.#takeIn(unwritten, false)
    for (const entry of unwritten) this.#replaceAgain(entry)
  }

  #takeIn(entries: readonly Entry[], isEarlier: boolean): void {
    if (entries.length === 0) return
    this.#show(entries, isEarlier)
    this.#parts.queue.addAdopted(entries, isEarlier)
    for (const entry of entries) this.#parts.onAdopted(entry)
    this.#parts.onChange()
  }

  #entryOf({ key, row: { action } }: AdoptedRow, written: 'open' | 'sealed'): Entry {
    const id = action.meta.foldback.id
    const entry = this.#aside.get(id)?.entry ?? this.#newEntry(action)
    this.#aside.delete(id)
    entry.open()
    entry.key = key
    entry.written = written
    return entry
  }

  /** What cannot be brought up to date here is folded nowhere; the server will judge it all the same. */
  #newEntry(action: StampedAction): Entry {
    const upcast = upcastAction([...this.#parts.replicas.models.values()], action)
    return upcast.ok
      ? new Entry(upcast.action, this.#streamsOf(upcast.action), action)
      : new Entry(action, [])
  }

  /** An action of an older app may be for no record that this one knows; the server will judge it all the same. */
  #streamsOf(action: StampedAction): readonly LocalRef[] {
    try {
      return this.#parts.replicas.streamsOf(action, this.#parts.outbox.actor ?? '')
    } catch {
      return []
    }
  }

  #show(entries: readonly Entry[], isFirst: boolean): void {
    const byStream = new Map<string, { readonly ref: LocalRef; readonly actions: StampedAction[] }>()
    for (const { action, streams } of entries) {
      for (const ref of streams) {
        const key = `${ref.model.name}/${ref.id}`
        const stream = byStream.get(key) ?? { ref, actions: [] }
        byStream.set(key, stream)
        stream.actions.push(action)
      }
    }
    for (const { ref, actions } of byStream.values()) this.#parts.replicas.insert(ref, actions, isFirst)
  }

  // Losing, leaving, coming

  /** Another page has taken this one for dead and has its queue. Resolves when this one has a lane of its own again. */
  async laneLost(): Promise<void> {
    if (this.#isLosing) return
    this.#isLosing = true
    await this.#alone(() => this.#loseLane())
    this.#isLosing = false
  }

  async #loseLane(): Promise<void> {
    const { outbox, queue, intake, onLetGo, onChange } = this.#parts
    // What was written before it was adopted is the other page's.
    let answered: Promise<void>
    do await (answered = queue.answered)
    while (answered !== queue.answered)
    const left = outbox.leave()
    for (const entry of queue.laneLost()) {
      onLetGo(entry)
      intake.withdraw(entry)
      entry.abandon('taken-over')
    }
    intake.end()
    onChange()
    await left.catch((cause: unknown) => this.#failed(cause))
    queue.open()
  }

  /** A page that did not know its user knows now. */
  signedIn(actor: string): Promise<void> {
    return this.#inTurn(async () => {
      await this.#inTime(this.#parts.outbox.signedIn(actor)).catch((cause: unknown) => this.#failed(cause))
      await this.#comeBack()
    })
  }

  async #comeBack(): Promise<void> {
    await this.#enter().catch((cause: unknown) => this.#failed(cause))
    this.#parts.intake.end()
  }

  /** What an action takes the place of was in the outbox, and has come back too, unless another page has it. */
  #replaceAgain(heir: Entry): void {
    const { queue, intake, onLetGo } = this.#parts
    for (const before of heir.replaced.splice(0)) {
      const entry = queue.entries.find(({ id, n }) => id === before.id && n === undefined)
      if (entry === undefined) {
        if (before.isGivenUp) before.abandon('taken-over')
        continue
      }
      queue.replace(entry, heir)
      // Who waits for it, waits for that one, and hears when the row is gone.
      heir.replaced.push(before)
      onLetGo(entry)
      intake.withdraw(entry)
    }
  }

  /** Another user, or nobody: what the one before had is set aside, and nothing of it is shown. */
  change(actor: string | undefined): Promise<void> {
    this.hurry()
    this.#hide()
    return this.#inTurn(() => this.#change(actor))
  }

  /** The user leaves: nothing of theirs is shown, and they are gone when all that is pending is written. */
  signOut(): Promise<void> {
    this.hurry()
    const hurried = new Promise<void>((resolve) => (this.#hurried = resolve))
    this.#hide()
    return this.#inTurn(async () => {
      await Promise.race([this.#parts.queue.drain(), hurried])
      await this.#change(undefined)
    })
  }

  /** Somebody else is to come: one who signs out is not waited for longer than anybody is. */
  hurry(): void {
    this.#hurried()
  }

  /** Resolves when everything is written, and lets go of the storage. */
  async close(): Promise<void> {
    const { outbox, queue } = this.#parts
    await this.open()
    await this.#turn
    await queue.drain()
    queue.close()
    outbox.close()
  }

  async #change(actor: string | undefined): Promise<void> {
    this.#hide()
    let isStuck = false
    do await this.#inTime(this.#parts.queue.drain()).catch(() => (isStuck = true))
    while (!(await this.#alone(() => this.#leave(actor, isStuck))))
    if (actor !== undefined) await this.#comeBack()
  }

  /** Nothing of this user is shown from now on, whatever the storage does. */
  #hide(): void {
    const { queue, cache, rejections, intake, local, onChange } = this.#parts
    cache.clear()
    rejections.clear()
    for (const entry of queue.entries) intake.withdraw(entry)
    intake.forgetAll()
    local.clear()
    intake.end()
    onChange()
  }

  /** False when there is something to be written again, and the storage writes. */
  async #leave(actor: string | undefined, isStuck: boolean): Promise<boolean> {
    const { outbox, queue, cache, rejections, intake, onLetGo } = this.#parts
    if (!queue.isDrained && !isStuck) return false
    cache.clear()
    rejections.clear()
    const before = outbox.actor ?? ''
    const left = Promise.all([outbox.leave(), outbox.signedIn(actor)])
    for (const entry of queue.leave()) {
      onLetGo(entry)
      intake.withdraw(entry)
      this.#aside.set(entry.id, { entry, actor: before })
    }
    intake.forgetAll()
    this.#parts.local.clear()
    intake.end()
    this.#parts.onChange()
    await this.#inTime(left).catch((cause: unknown) => this.#failed(cause))
    queue.open()
    return true
  }

  /** One user after the other. */
  #inTurn(run: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(run)
    this.#turn = done.catch(() => {})
    return done
  }

  /** What an application waits for of a user who has left. */
  entrySetAside(id: string): Entry | undefined {
    return this.#aside.get(id)?.entry
  }
}
