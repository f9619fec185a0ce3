import {
  type FoldbackEvent,
  FoldbackError,
  isStreamId,
  type LogPosition,
  sharedStream,
  type StampedAction,
  type StreamRef,
} from '@foldback/core'
import type { EngineParts } from './engine-parts.ts'
import type { StoredEvent } from './event-store.ts'
import type { HeadState } from './heads/head.ts'
import { FoldAhead } from './heads/fold-ahead.ts'
import { PageSize, storedBytes } from './heads/page-size.ts'
import { canRead, isOwnStream } from './sessions/readability.ts'
import type { Session } from './rules.ts'

/** Records or events that are read from the store in one go. */
const rowsPerRead = 100

/** A record as the HTTP door shows it. */
export interface RecordView extends StreamRef {
  readonly version: number
  readonly state: unknown
}

/** Which moment of a record: a version, or milliseconds since 1970; now, when neither is given. */
export interface Moment {
  readonly version?: number
  readonly at?: number
}

/** Reading from outside a session. Everything is as committed, and only what the session may read. */
export class Queries {
  readonly #parts: EngineParts

  constructor(parts: EngineParts) {
    this.#parts = parts
  }

  /**
   * A record, now or at a moment. `state` is null when there was none then. Where a rule says who may read, one that
   * is hidden or no more is answered as one that never was.
   * @throws FoldbackError `unknown-model`, `no-such-record`, `not-readable`, `no-such-version`
   */
  async record(session: Session, ref: StreamRef, moment: Moment = {}): Promise<RecordView> {
    const now = await this.#readable(session, ref)
    const state = await this.#at(ref, now, moment)
    if (!canRead(this.#parts, session, ref, state.state)) throw new FoldbackError('not-readable')
    return { model: ref.model, id: ref.id, version: state.version, state: state.state }
  }

  /**
   * Records of a model in the order of their ids, those that exist, at most `limit` and `pageBytesMax`; `next`
   * continues after them. It is the id of a hidden record only where all that was looked at is hidden.
   * @throws FoldbackError `unknown-model`
   */
  async records(
    session: Session,
    model: string,
    afterId: string,
    limit: number,
  ): Promise<{ records: RecordView[]; next: string | undefined }> {
    const found = this.#model(model)
    const page = new Page<RecordView>(this.#parts, limit)
    const size = new PageSize(this.#parts.limits.pageBytesMax, Math.min(limit, rowsPerRead))
    let last = afterId
    for (;;) {
      const request = { model, afterSeq: 0, afterId: last, limit: size.count }
      const heads = await this.#parts.ports.store.list(request)
      size.learn(heads)
      const folded = new FoldAhead(this.#parts.heads, model, heads)
      for (const [index, head] of heads.entries()) {
        if (!page.hasRoomFor(storedBytes(head)))
          return { records: page.rows, next: page.rows.at(-1)?.id ?? last }
        page.scannedCount++
        const ref = { model, id: head.id }
        last = head.id
        const { state } = await folded.at(index)
        if (state.state === null || !isOwnStream(found, ref, session.actor)) continue
        if (!canRead(this.#parts, session, ref, state.state)) continue
        page.add({ model, id: head.id, version: state.version, state: state.state }, storedBytes(head))
        if (page.isFull) return { records: page.rows, next: last }
      }
      if (heads.length < request.limit) return { records: page.rows, next: undefined }
    }
  }

  /**
   * Events of a record from version `from`, at most `limit` and `pageBytesMax`; `next` is the version after which
   * there are more.
   * @throws FoldbackError as `record`
   */
  async events(
    session: Session,
    ref: StreamRef,
    from: number,
    limit: number,
  ): Promise<{ events: FoldbackEvent[]; next: number | undefined }> {
    await this.#readable(session, ref)
    const page = new Page<FoldbackEvent>(this.#parts, limit)
    for (;;) {
      const first = from + page.rows.length
      const countMax = Math.min(limit - page.rows.length, rowsPerRead)
      const events = await this.#parts.ports.store.events(ref, first, countMax)
      for (const event of events) {
        if (!page.hasRoomFor(event.action.length))
          return { events: page.rows, next: page.rows.at(-1)?.version }
        page.add(toEvent(ref, event), event.action.length)
        if (page.isFull) return { events: page.rows, next: event.version }
      }
      if (events.length < countMax) return { events: page.rows, next: undefined }
    }
  }

  /** The last position in the log that has been told of. */
  get tip(): LogPosition {
    return this.#parts.delivery.tip
  }

  /** The head, if the session may read the record as it is now: who may, may read its history. */
  async #readable(session: Session, ref: StreamRef): Promise<HeadState> {
    const model = this.#model(ref.model)
    const isPossible = isStreamId(ref.id) && (model.kind !== 'shared' || ref.id === sharedStream)
    if (!isPossible) throw new FoldbackError('no-such-record')
    if (!isOwnStream(model, ref, session.actor)) throw new FoldbackError('not-readable')
    const { committed } = await this.#parts.heads.fetch(ref)
    const isReadable =
      canRead(this.#parts, session, ref, committed.state) && !this.#isUndecidable(ref, committed)
    if (model.kind === 'entity' && (committed.version === 0 || !isReadable))
      throw new FoldbackError('no-such-record')
    if (!isReadable) throw new FoldbackError('not-readable')
    return committed
  }

  /** A record that is no more cannot say who might read it, or its history. */
  #isUndecidable({ model }: StreamRef, { state, version }: HeadState): boolean {
    return state === null && version > 0 && this.#parts.rules[model]?.canRead !== undefined
  }

  async #at(ref: StreamRef, now: HeadState, { version, at }: Moment): Promise<HeadState> {
    if (version !== undefined && version > now.version) throw new FoldbackError('no-such-version')
    if (version === now.version || (version === undefined && at === undefined)) return now
    const start = this.#parts.heads.initial(ref)
    return this.#parts.heads.foldUpTo(ref, start, version ?? now.version, at)
  }

  #model(name: string) {
    const model = this.#parts.models.get(name)
    if (model === undefined) throw new FoldbackError('unknown-model', name)
    return model
  }
}

/** What one answer holds. */
class Page<Row> {
  readonly rows: Row[] = []
  /** How many records were looked at. */
  scannedCount = 0
  readonly #parts: Pick<EngineParts, 'limits' | 'ports'>
  readonly #rowsMax: number
  #bytes = 0

  constructor(parts: Pick<EngineParts, 'limits' | 'ports'>, rowsMax: number) {
    this.#parts = parts
    this.#rowsMax = rowsMax
  }

  get isFull(): boolean {
    return this.rows.length === this.#rowsMax
  }

  /** The first always has room. */
  hasRoomFor(bytes: number): boolean {
    const { limits, ports } = this.#parts
    const hasScanned = this.scannedCount >= limits.scannedRecordsMax
    const isTooMuch = this.rows.length > 0 && this.#bytes + bytes > limits.pageBytesMax
    if (hasScanned) ports.limited?.('scannedRecordsMax')
    else if (isTooMuch) ports.limited?.('pageBytesMax')
    return !hasScanned && !isTooMuch
  }

  add(row: Row, bytes: number): void {
    this.rows.push(row)
    this.#bytes += bytes
  }
}

function toEvent(ref: StreamRef, event: StoredEvent): FoldbackEvent {
  const { id, version, seq, action, actor, receivedAt } = event
  return {
    id,
    model: ref.model,
    stream: ref.id,
    version,
    seq,
    action: JSON.parse(action) as StampedAction,
    actor,
    receivedAt,
  }
}
