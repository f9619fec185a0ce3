import { type AnyModel, modelsByName, parseAction } from '@foldback/core'
import { checkRules } from './turns/check-rules.ts'
import { FrameMemo } from './sessions/frame-memo.ts'
import { Delivery } from './sessions/delivery.ts'
import { Deadlines } from './sessions/deadlines.ts'
import { Tally } from './bounds/tally.ts'
import type { EngineParts } from './engine-parts.ts'
import { Heads } from './heads/heads.ts'
import { LaneMarks } from './heads/lane-marks.ts'
import { type EngineLimits, engineLimits } from './limits.ts'
import { Pipeline } from './turns/pipeline.ts'
import { type PlainFilter, PlainSession } from './sessions/plain-session.ts'
import type { ConnectedSession, Connection, EnginePorts, Origin } from './ports.ts'
import { Queries } from './queries.ts'
import type { AnyRules, Session } from './rules.ts'
import { keyedPlace, type Settlement, type SubmissionPlace } from './turns/submission.ts'
import { type Authenticate, SyncSession } from './sessions/sync-session.ts'

export interface EngineOptions {
  readonly models: readonly AnyModel[]
  readonly rules?: AnyRules
  readonly limits?: Partial<EngineLimits>
  readonly ports: EnginePorts
}

export interface EngineLoad {
  /** Actions that wait to be folded. */
  readonly queuedActions: number
  /** Their bytes. */
  readonly queuedBytes: number
  /** Actions that wait, and those that are folded or being committed. */
  readonly actionsUnderWay: number
  /** Users whose rates are remembered. */
  readonly ratedUsers: number
  readonly cachedRecords: number
  /** About what they take in memory. */
  readonly cachedRecordBytes: number
  /** How often a record was asked for, since the start, and was in memory; and how often it was not. */
  readonly recordHits: number
  readonly recordMisses: number
  readonly cachedLanes: number
  readonly recordSubscriptions: number
  /** To all records of a model, those of plain connections included. */
  readonly modelSubscriptions: number
}

/** How actions came from outside. */
export interface Arrival {
  /** All that they came in. */
  readonly bytes?: number
  readonly origin?: Origin | undefined
}

const expireEveryMs = 60 * 60 * 1_000

/**
 * The server without its doors: hand it connections and actions, and it folds, commits and tells. `start` it first.
 */
export class Engine {
  readonly queries: Queries
  readonly #parts: EngineParts
  #stopExpiry: (() => void) | undefined
  #isClosing = false

  constructor(options: EngineOptions) {
    const { ports } = options
    const rules = options.rules ?? {}
    const models = modelsByName(options.models)
    checkRules(rules, models)
    const limits = engineLimits(options.limits)
    const heads = new Heads(models, ports, limits.cachedRecordBytesMax)
    const marks = new LaneMarks(limits.cachedLanesMax)
    const delivery = new Delivery()
    const pipeline = new Pipeline({
      models: options.models,
      rules,
      limits,
      ports,
      heads,
      marks,
      settler: delivery,
    })
    const tallies = { lanes: new Tally(), subscriptions: new Tally() }
    const frames = new FrameMemo()
    const deadlines = new Deadlines(ports.clock, lookEveryMsMin(limits))
    this.#parts = {
      models,
      rules,
      limits,
      ports,
      heads,
      marks,
      pipeline,
      delivery,
      tallies,
      frames,
      deadlines,
    }
    this.queries = new Queries(this.#parts)
  }

  get limits(): EngineLimits {
    return this.#parts.limits
  }

  /** Opens the store. @throws FoldbackError that says what to do when it cannot be used. */
  async start(): Promise<void> {
    const { models, ports, delivery } = this.#parts
    const { report, committed } = ports
    const listener = { report, ...(committed !== undefined && { committed }) }
    const { history } = await ports.store.open(
      [...models.values()].map(({ name, version }) => ({ name, version })),
      listener,
    )
    delivery.startAt(await ports.store.tip(), history)
    this.#expire()
  }

  /** A connection that speaks the sync protocol. */
  connectSync(connection: Connection, authenticate: Authenticate): ConnectedSession {
    return new SyncSession(this.#parts, connection, authenticate)
  }

  /** A connection on which every frame is an action. */
  connectPlain(connection: Connection, session: Session, filter: PlainFilter): ConnectedSession {
    return new PlainSession(this.#parts, connection, session, filter)
  }

  /**
   * Takes actions from outside, in order, and tells what became of each. With a `key`, the same actions with the
   * same key happen once; without one, those that bring a `meta.foldback.id` do. `bytes` is what they came in.
   */
  submit(
    values: readonly unknown[],
    session: Session,
    key?: string,
    { bytes = 0, origin }: Arrival = {},
  ): Promise<Settlement[]> {
    const arrival = { bytes: bytes / values.length, origin }
    return Promise.all(
      values.map((value, index) => this.#submit(value, session, key && `${index + 1} ${key}`, arrival)),
    )
  }

  #submit(
    value: unknown,
    session: Session,
    key: string | undefined,
    arrival: Required<Arrival>,
  ): Promise<Settlement> {
    const parsed = parseAction(value, this.#parts.limits)
    const id = parsed.ok ? parsed.proposed.id : undefined
    let place: SubmissionPlace | undefined
    // A lane for each: an action that is put off must not hold up those behind it.
    if (key !== undefined) place = keyedPlace('key', session.actor, key)
    else if (id !== undefined) place = keyedPlace('id', session.actor, id)
    return new Promise(
      (reply) => void this.#parts.pipeline.submit({ parsed, session, place, reply, ...arrival }),
    )
  }

  /** What can be counted, for metrics and health. */
  get load(): EngineLoad {
    const { pipeline, heads, marks, delivery } = this.#parts
    return {
      queuedActions: pipeline.queuedCount,
      queuedBytes: pipeline.queuedBytes,
      actionsUnderWay: pipeline.underWayCount,
      ratedUsers: pipeline.ratedUsersCount,
      cachedRecords: heads.size,
      cachedRecordBytes: heads.bytes,
      recordHits: heads.hits,
      recordMisses: heads.misses,
      cachedLanes: marks.size,
      recordSubscriptions: delivery.streams.size,
      modelSubscriptions: delivery.models.size,
    }
  }

  /** Settles what has arrived, refuses the rest as `closing`, and writes every record. Reading goes on. */
  async settle(): Promise<void> {
    this.#isClosing = true
    this.#stopExpiry?.()
    await this.#parts.pipeline.close()
  }

  /** Settles, and closes the store. */
  async close(): Promise<void> {
    await this.settle()
    await this.#parts.ports.store.close()
  }

  /** Forgets the outcomes of keyed actions that are older than promised, now and every hour. */
  #expire(): void {
    const { clock, store, report } = this.#parts.ports
    const before = clock.now() - this.#parts.limits.idempotencyMs
    store.expireKeyedLanes(before).catch((cause: unknown) => {
      // The store has been closed under it: the next server goes on.
      if (this.#isClosing) return
      report({
        code: 'store-failed',
        message: 'Old idempotency keys could not be forgotten; they will be later.',
        cause,
      })
    })
    this.#stopExpiry = clock.after(expireEveryMs, () => this.#expire())
  }
}

/** A small part of the time that a session has. */
function lookEveryMsMin({ silentMsMax, helloMsMax }: EngineLimits): number {
  return Math.min(1_000, Math.ceil(Math.min(silentMsMax, helloMsMax) / 16))
}
