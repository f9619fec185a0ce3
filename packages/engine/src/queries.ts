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
import type { HeadState } from './heads/head.ts'
import { canRead, isOwnStream } from './sessions/readability.ts'
import type { Session } from './rules.ts'

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
   * Records of a model in the order of their ids, those that exist; `next` continues after them.
   * @throws FoldbackError `unknown-model`
   */
  async records(
    session: Session,
    model: string,
    afterId: string,
    limit: number,
  ): Promise<{ records: RecordView[]; next: string | undefined }> {
    const found = this.#model(model)
    const records: RecordView[] = []
    let last = afterId
    for (;;) {
      const page = await this.#parts.ports.store.list({ model, afterSeq: 0, afterId: last, limit })
      for (const head of page) {
        const ref = { model, id: head.id }
        last = head.id
        const { state } = await this.#parts.heads.fold(ref, head)
        if (state.state === null || !isOwnStream(found, ref, session)) continue
        if (!canRead(this.#parts, session, ref, state.state)) continue
        records.push({ model, id: head.id, version: state.version, state: state.state })
        if (records.length === limit) return { records, next: last }
      }
      if (page.length < limit) return { records, next: undefined }
    }
  }

  /**
   * Events of a record from version `from`, at most `limit`.
   * @throws FoldbackError as `record`
   */
  async events(session: Session, ref: StreamRef, from: number, limit: number): Promise<FoldbackEvent[]> {
    await this.#readable(session, ref)
    const events = await this.#parts.ports.store.events(ref, from, limit)
    return events.map(({ id, version, seq, action, actor, receivedAt }) => ({
      id,
      model: ref.model,
      stream: ref.id,
      version,
      seq,
      action: JSON.parse(action) as StampedAction,
      actor,
      receivedAt,
    }))
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
    if (!isOwnStream(model, ref, session)) throw new FoldbackError('not-readable')
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
