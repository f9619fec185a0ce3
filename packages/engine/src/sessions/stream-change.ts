import { type AnyModel, type StreamRef, streamKey } from '@foldback/core'
import type { Head, HeadState } from '../heads/head.ts'
import type { SettledUnit } from '../turns/pipeline.ts'

/** An event that has just become durable. */
export interface CommittedEvent {
  readonly id: string
  readonly version: number
  readonly seq: number
  readonly actionText: string
  readonly actor: string
  readonly receivedAt: number
  readonly lane: string | undefined
  readonly n: number | undefined
  /** The action is not as its sender sent it, so the sender needs all of it. */
  readonly isReplaced: boolean
  /** The record after this event. */
  readonly after: HeadState
}

/** What one commit did to one stream. Texts that many readers get are made once. */
export class StreamChange {
  readonly key: string
  readonly ref: StreamRef
  readonly model: AnyModel
  /** The record before the commit. */
  readonly before: HeadState
  readonly events: CommittedEvent[] = []
  #lanes: ReadonlySet<string> | undefined
  #eventsText: string | undefined
  #stateText: string | undefined

  constructor(ref: StreamRef, model: AnyModel, before: HeadState) {
    this.before = before
    this.key = streamKey(ref.model, ref.id)
    this.ref = ref
    this.model = model
  }

  /** The record after the commit. */
  get after(): HeadState {
    return this.events.at(-1)!.after
  }

  /** Of those who have acted on it. */
  get lanes(): ReadonlySet<string> {
    if (this.#lanes === undefined) {
      const lanes = this.events.map(({ lane }) => lane)
      this.#lanes = new Set(lanes.filter((lane) => lane !== undefined))
    }
    return this.#lanes
  }

  /** The `events` message for whoever holds none of the lanes. */
  get eventsText(): string {
    return (this.#eventsText ??= eventsMessage(
      this.ref,
      this.events.map((event) => eventText(event)),
    ))
  }

  /** The record after the commit as JSON. */
  get stateText(): string {
    return (this.#stateText ??= JSON.stringify(this.after.state))
  }
}

/** What these units changed of what somebody listens to, stream by stream, in the order of their first change. */
export function changesOf(units: readonly SettledUnit[], isHeard: (head: Head) => boolean): StreamChange[] {
  const changes = new Map<string, StreamChange>()
  for (const { submission, result, seqs } of units) {
    if (result.kind === 'refused') continue
    const { place } = submission
    const { id, actor } = result.action.meta.foldback
    result.steps.forEach(({ head, before, next }, index) => {
      if (!isHeard(head)) return
      let change = changes.get(head.key)
      if (change === undefined)
        changes.set(head.key, (change = new StreamChange(head.ref, head.model, before)))
      change.events.push({
        id,
        actor,
        version: next.version,
        seq: seqs[index]!,
        actionText: result.actionText,
        receivedAt: next.receivedAt,
        lane: place?.lane,
        n: place?.n,
        isReplaced: result.isReplaced,
        after: next,
      })
    })
  }
  return [...changes.values()]
}

export type EventFields = Omit<CommittedEvent, 'after' | 'isReplaced'>

/** An event as it travels; with its lane only to the session that holds it. */
export function eventText(event: EventFields, withLane = false): string {
  const { id, version, seq, actor, receivedAt, actionText } = event
  const lane = withLane ? `,"lane":${JSON.stringify(event.lane)},"n":${event.n}` : ''
  return (
    `{"id":${JSON.stringify(id)},"version":${version},"seq":${seq},"actor":${JSON.stringify(actor)}` +
    `,"receivedAt":${receivedAt}${lane},"action":${actionText}}`
  )
}

export function eventsMessage(ref: StreamRef, eventTexts: readonly string[]): string {
  const { model, id } = ref
  return `{"type":"events","model":${JSON.stringify(model)},"id":${JSON.stringify(id)},"events":[${eventTexts.join(',')}]}`
}
