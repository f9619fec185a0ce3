import { type LogPosition, type Refusal, refusal, streamKey, type StreamRef } from '@foldback/core'
import type { Head } from '../heads/head.ts'
import type { SettledUnit, Settler, UncertainStream } from '../turns/pipeline.ts'
import { changesOf, type StreamChange } from './stream-change.ts'
import type { Settlement, Submission } from '../turns/submission.ts'

/** Whoever wants to know of changes. */
export interface Listener {
  changed(change: StreamChange): void
  /** Something may have happened to the stream that nobody was told of: its state is to be told afresh. */
  /** An action of this lane may have been written to the stream. */
  uncertain(ref: StreamRef, lane: string | undefined): void
  /** Everything of this commit has been said. */
  flush(): void
}

/** Whoever holds lanes, and so hears what became of their actions. */
export interface LaneHolder extends Listener {
  /** The user whose outcomes it may hear. */
  readonly actor: string
  outcome(unit: SettledUnit): void
  repeated(lane: string, n: number, settlement: Settlement): void
  putOff(lane: string, n: number, reason: Refusal): void
  /** A lane that it holds is another user's. */
  laneTaken(): void
}

/** Knows who listens to what, and tells each of them what a commit means for them. */
export class Delivery implements Settler {
  readonly #byStream = new Registry<Listener>()
  readonly #byModel = new Registry<Listener>()
  readonly #byLane = new Registry<LaneHolder>()
  #tip: LogPosition = { seq: 0, id: '' }
  #history = ''

  /** The last event that has been told of. */
  get tip(): LogPosition {
    return this.#tip
  }

  /** Of the log that this is all about, as its store names it. */
  get history(): string {
    return this.#history
  }

  startAt(tip: LogPosition, history: string): void {
    this.#tip = tip
    this.#history = history
  }

  get streams(): Registry<Listener> {
    return this.#byStream
  }

  get models(): Registry<Listener> {
    return this.#byModel
  }

  get lanes(): Registry<LaneHolder> {
    return this.#byLane
  }

  settled(units: readonly SettledUnit[]): void {
    const touched = new Set<Listener>()
    for (const unit of units) {
      this.#moveTip(unit)
      this.#tellHolders(unit, touched)
    }
    for (const change of changesOf(units, (head) => this.#isHeard(head))) {
      for (const listener of this.#listenersOf(change)) {
        listener.changed(change)
        touched.add(listener)
      }
    }
    for (const listener of touched) listener.flush()
  }

  #moveTip({ result, seqs }: SettledUnit): void {
    const seq = seqs.at(-1) ?? 0
    if (result.kind === 'accepted' && seq > this.#tip.seq)
      this.#tip = { seq, id: result.action.meta.foldback.id }
  }

  #isHeard({ key, ref }: Head): boolean {
    return this.#byStream.has(key) || this.#byModel.has(ref.model)
  }

  #tellHolders(unit: SettledUnit, touched: Set<Listener>): void {
    const { place, session } = unit.submission
    if (place === undefined) return
    for (const holder of this.#byLane.of(place.lane)) {
      // It has claimed a lane that was new, whose first action was on its way already.
      if (holder.actor !== session.actor) holder.laneTaken()
      else {
        holder.outcome(unit)
        touched.add(holder)
      }
    }
  }

  uncertain(streams: readonly UncertainStream[]): void {
    for (const { ref, lane } of streams) {
      const key = streamKey(ref.model, ref.id)
      for (const listener of this.#listenersOf({ key, ref })) listener.uncertain(ref, lane)
    }
  }

  #listenersOf({ key, ref }: Pick<StreamChange, 'key' | 'ref'>): Iterable<Listener> {
    const byStream = this.#byStream.of(key)
    const byModel = this.#byModel.of(ref.model)
    if (!this.#byModel.has(ref.model)) return byStream
    return this.#byStream.has(key) ? new Set([...byStream, ...byModel]) : byModel
  }

  repeated(submission: Submission, settlement: Settlement): void {
    const { lane, n } = submission.place!
    this.#tell(submission, (holder) => holder.repeated(lane, n, settlement))
  }

  putOff(submission: Submission, reason: Refusal): void {
    const { lane, n } = submission.place!
    this.#tell(submission, (holder) => holder.putOff(lane, n, reason))
  }

  laneTaken(submission: Submission): void {
    submission.reply?.({ status: 'refused', refusal: refusal('lane-taken'), isDuplicate: false })
    this.#tell(submission, (holder) => holder.laneTaken())
  }

  /** Tells those who hold the submission's lane for the same user. */
  #tell({ place, session }: Submission, say: (holder: LaneHolder) => void): void {
    for (const holder of this.#byLane.of(place!.lane)) {
      if (holder.actor !== session.actor) continue
      say(holder)
      holder.flush()
    }
  }
}

/** Members by key. Most keys have one, which takes no set. */
export class Registry<T extends object> {
  readonly #members = new Map<string, T | Set<T>>()
  #size = 0

  /** Members, each as often as it has keys. */
  get size(): number {
    return this.#size
  }

  has(key: string): boolean {
    return this.#members.has(key)
  }

  of(key: string): Iterable<T> {
    const found = this.#members.get(key)
    if (found === undefined) return nobody
    return found instanceof Set ? found : [found]
  }

  add(key: string, member: T): void {
    const found = this.#members.get(key)
    if (found === member) return
    if (found === undefined) this.#members.set(key, member)
    else if (!(found instanceof Set)) this.#members.set(key, new Set([found, member]))
    else if (found.has(member)) return
    else found.add(member)
    this.#size++
  }

  delete(key: string, member: T): void {
    const found = this.#members.get(key)
    const isThere = found instanceof Set ? found.delete(member) : found === member
    if (!isThere) return
    this.#size--
    if (!(found instanceof Set) || found.size === 0) this.#members.delete(key)
  }
}

const nobody: readonly never[] = []
