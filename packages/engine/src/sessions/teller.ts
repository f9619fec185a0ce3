import type { Diverged, Hello, RecordState, StreamRef } from '@foldback/core'
import type { EngineParts } from '../engine-parts.ts'
import type { StoredEvent } from '../event-store.ts'
import type { HeadState } from '../heads/head.ts'
import type { HeldLanes } from './held-lanes.ts'
import type { Outgoing } from './outgoing.ts'
import type { Readability } from './readability.ts'
import { type CommittedEvent, eventsMessage, eventText, type StreamChange } from './stream-change.ts'

/** Puts records and their changes into words for one session. */
export class Teller {
  readonly #engine: EngineParts
  readonly #outgoing: Outgoing
  readonly #lanes: HeldLanes
  readonly #readability: Readability
  /** The models that the client has, and their versions. */
  readonly #models: Hello['models']

  constructor(
    engine: EngineParts,
    outgoing: Outgoing,
    lanes: HeldLanes,
    readability: Readability,
    models: Hello['models'],
  ) {
    this.#engine = engine
    this.#outgoing = outgoing
    this.#lanes = lanes
    this.#readability = readability
    this.#models = models
  }

  /** True when the client folds this model with the same code. If not, it gets records instead of events. */
  folds(model: string): boolean {
    return this.#models[model] === this.#engine.models.get(model)?.version
  }

  /**
   * True while it is not known how far the session's lanes are. A state told now could come with marks of another
   * moment, and the client would show its actions twice: `makeSure` first.
   */
  get isUnsure(): boolean {
    return this.#lanes.areStale
  }

  makeSure(): Promise<void> {
    return this.#lanes.refresh()
  }

  /** True when events of the past may be told instead of the record. */
  mayTellPast(model: string): boolean {
    return this.folds(model) && !this.#readability.hasRule(model)
  }

  /** True when the session may know this state of a record, and folds the model with the same code. */
  mayCompare(ref: StreamRef, state: RecordState): boolean {
    return this.folds(ref.model) && this.#readability.isInSight(ref, state)
  }

  /** That the session has another state; the record itself is told after. */
  diverged(diverged: Diverged): void {
    this.#outgoing.add(JSON.stringify(diverged))
  }

  /** The record as it is; or that there is none for the session, whatever the reason. */
  state(ref: StreamRef, head: HeadState): void {
    if (this.#readability.look(ref, head.state) === 'record') this.#snapshot(ref, head)
    else this.gone(ref)
  }

  /** One of all records of a model: nothing is said of one that the session cannot know of. */
  listed(ref: StreamRef, head: HeadState, hasActed = false): void {
    const sight = this.#readability.look(ref, head.state)
    if (sight === 'record') this.#snapshot(ref, head)
    // Its own action shows it the record, until it is told that it may not be read.
    else if (sight === 'gone' || hasActed) this.gone(ref)
  }

  /** True when the session holds the lane. */
  isOwn(lane: string): boolean {
    return this.#lanes.has(lane)
  }

  gone(ref: StreamRef): void {
    this.#outgoing.add(JSON.stringify({ type: 'gone', ...ref }))
  }

  change(change: StreamChange): void {
    const telling = this.#readability.tellingOf(change)
    if (telling === 'nothing') {
      // Its own action shows the record to the one who dispatched it, until it is told that it may not be read.
      if (this.#hasActed(change)) this.gone(change.ref)
      return
    }
    if (telling === 'gone') this.gone(change.ref)
    else if (telling === 'snapshot' || !this.folds(change.ref.model)) {
      this.#snapshot(change.ref, change.after, change.stateText)
    } else this.#events(change)
  }

  /** Events as the store has them. */
  past(ref: StreamRef, events: readonly StoredEvent[]): void {
    const texts = events.map((event) => this.#text({ ...event, actionText: event.action }))
    this.#outgoing.add(eventsMessage(ref, texts))
  }

  /** Events just committed, with all they say, also when they are the session's own. */
  recent(ref: StreamRef, events: readonly CommittedEvent[]): void {
    this.#outgoing.add(
      eventsMessage(
        ref,
        events.map((event) => this.#text(event)),
      ),
    )
  }

  #events(change: StreamChange): void {
    const isOwn = (event: CommittedEvent): boolean => event.lane !== undefined && this.#lanes.has(event.lane)
    if (!this.#hasActed(change)) return this.#outgoing.add(change.eventsText)
    // What came from here unchanged is told of as settled, with its place.
    const others = change.events.filter((event) => event.isReplaced || !isOwn(event))
    if (others.length > 0) this.recent(change.ref, others)
  }

  #hasActed({ lanes }: StreamChange): boolean {
    for (const lane of lanes) if (this.#lanes.has(lane)) return true
    return false
  }

  #text(event: Parameters<typeof eventText>[0]): string {
    return eventText(event, event.lane !== undefined && this.#lanes.has(event.lane))
  }

  #snapshot(ref: StreamRef, head: HeadState, textOfState?: string): void {
    // A large state would be written for nobody.
    if (this.#outgoing.isLagging) return
    const stateText = textOfState ?? JSON.stringify(head.state)
    const { version, eventId } = head
    const marks = JSON.stringify(this.#lanes.settled)
    this.#outgoing.add(
      `${JSON.stringify({ type: 'snapshot', ...ref, version, eventId }).slice(0, -1)},"marks":${marks},"state":${stateText}}`,
    )
  }
}
