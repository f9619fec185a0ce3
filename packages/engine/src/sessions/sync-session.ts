import {
  closeCodes,
  decodeFrame,
  type ErrorCode,
  FoldbackError,
  type Hello,
  isPlainObject,
  messageOf,
  parseAction,
  type Place,
  type Pong,
  type Problem,
  protocolVersion,
  type Push,
  readUpMessage,
  type Refusal,
  refusal,
  type Rejected,
  type Renewed,
  type StreamRef,
  type UpMessage,
  type Welcome,
} from '@foldback/core'
import type { StreamStep } from '../turns/admit.ts'
import type { Mortal } from './deadlines.ts'
import type { LaneHolder } from './delivery.ts'
import type { EngineParts } from '../engine-parts.ts'
import { Expiry } from './expiry.ts'
import { HeldLanes } from './held-lanes.ts'
import type { EngineLimits } from '../limits.ts'
import { Inbox, type InboxReader } from './inbox.ts'
import { Outgoing } from './outgoing.ts'
import type { SettledUnit } from '../turns/pipeline.ts'
import type { ConnectedSession, Connection, Origin, UnreadableFrame } from '../ports.ts'
import { Readability } from './readability.ts'
import { reportFrom } from './report-from.ts'
import type { Session } from '../rules.ts'
import { Silence } from './silence.ts'
import type { StreamChange } from './stream-change.ts'
import type { Settlement, Submission } from '../turns/submission.ts'
import { type Subscriber, Subscriptions } from './subscriptions.ts'
import { Teller } from './teller.ts'
import { placesOf, type UnitResult } from '../turns/turn.ts'

/** Finds out who is speaking, from the token of a `hello` or `token`; undefined for somebody unknown. */
export type Authenticate = (token: string | undefined) => Promise<Session | undefined>

/** Tokens of one session that are looked at at one time. */
const lookingMax = 4

/**
 * One connection that speaks the sync protocol.
 *
 * It is `new` until its `hello` has come, `opening` while the user and the lanes are looked up (what arrives or
 * settles in the meantime waits), then `open`, and `closed` for good. Nothing is taken and nothing is told after the
 * user's login has expired.
 */
export class SyncSession implements ConnectedSession, LaneHolder, InboxReader, Subscriber, Mortal {
  readonly #parts: EngineParts
  readonly #connection: Connection
  readonly #authenticate: Authenticate
  readonly #outgoing: Outgoing
  readonly #lanes: HeldLanes
  readonly #silence: Silence
  readonly #expiry: Expiry
  /** By when it has to say hello; undefined when it has. */
  #helloBy: number | undefined
  #phase: 'new' | 'opening' | 'open' | 'closed' = 'new'
  readonly #inbox: Inbox
  /** Places of what is no message in the frame that is being handled. */
  #faulty: number[] | undefined
  /** Outcomes that came while opening. */
  #early: (() => void)[] | undefined
  #waitingForRoom: (() => void)[] | undefined
  /** Set when opening has found out who speaks. */
  #session!: Session
  #models: Hello['models'] = {}
  #subscriptions: Subscriptions | undefined
  #teller: Teller | undefined
  #readability: Readability | undefined
  /** Of the frame that is being handled. */
  #bytesPerAction = 0
  /** How often a newer token has come: the answer to the newest counts. */
  #renewals = 0
  /** How many tokens are being looked at, and the one to be looked at next. */
  #looking = 0
  #nextToken: { readonly token: string | undefined } | undefined

  constructor(parts: EngineParts, connection: Connection, authenticate: Authenticate) {
    this.#parts = parts
    this.#connection = connection
    this.#authenticate = authenticate
    this.#outgoing = new Outgoing(connection, parts)
    this.#lanes = new HeldLanes(parts, this)
    this.#inbox = new Inbox(this, parts.ports)
    const { clock } = parts.ports
    const { helloMsMax, silentMsMax } = parts.limits
    this.#silence = new Silence(clock, connection, silentMsMax)
    this.#expiry = new Expiry(clock)
    this.#helloBy = clock.now() + helloMsMax
    parts.deadlines.add(this, Math.min(helloMsMax, silentMsMax))
  }

  get origin(): Origin | undefined {
    return this.#connection.origin
  }

  get actor(): string {
    return this.#session.actor
  }

  // What comes in

  receive(text: string): void {
    if (this.#phase === 'closed') return
    this.#silence.heard()
    if (this.#expiry.hasPassed) return this.#expire(text)
    this.#inbox.add(text)
    this.#inbox.read()
    this.#checkRoom()
  }

  unreadable(reason: UnreadableFrame): void {
    if (this.#phase === 'closed') return
    this.#silence.heard()
    if (reason === 'too-large') this.#parts.ports.limited?.('frameBytesMax')
    this.problem(reason === 'too-large' ? 'frame-too-large' : 'not-a-message')
    this.flush()
  }

  /** What waits because the session is being opened, or because much came at once, must not become too much. */
  #checkRoom(): void {
    const { waitingFramesMax, bufferedBytesMax } = this.#parts.limits
    if (this.#isClosed()) return
    if (this.#inbox.count > waitingFramesMax) this.#over('waitingFramesMax', 'busy')
    else if (this.#inbox.length > bufferedBytesMax) this.#over('bufferedBytesMax', 'busy')
  }

  get mayRead(): boolean {
    return this.#phase === 'new' || this.#phase === 'open'
  }

  frameBegins(messages: readonly unknown[], bytes: number): void {
    this.#bytesPerAction = bytes / countActions(messages)
  }

  message(value: unknown, index: number): void {
    const message = readUpMessage(value)
    if (message === undefined) (this.#faulty ??= []).push(index)
    else this.#handle(message)
  }

  frameEnds(): void {
    // One answer for all: a frame of nothing but commas and zeros must not make a hundred times as many bytes.
    if (this.#faulty !== undefined) this.problem('not-a-message', faultyText(this.#faulty))
    this.#faulty = undefined
    this.flush()
  }

  notAFrame(): void {
    this.problem('not-a-message', 'a frame is a JSON list of messages')
    this.flush()
  }

  #handle(message: UpMessage): void {
    if (this.#phase === 'closed') return
    if (message.type === 'hello')
      return this.#phase === 'new' ? this.#hello(message) : this.problem('out-of-turn')
    if (this.#phase === 'new') return this.problem('out-of-turn')
    switch (message.type) {
      case 'push':
        return this.#push(message)
      case 'subscribe':
        return this.#subscriptions?.subscribe(message)
      case 'unsubscribe':
        return this.#subscriptions?.unsubscribe(message)
      case 'check':
        return this.#subscriptions?.check(message)
      case 'ping':
        return this.#outgoing.add(pongText)
      case 'token':
        return this.#renew(message.token)
    }
  }

  // Opening

  #hello(hello: Hello): void {
    if (hello.protocol !== protocolVersion) return this.#fail(closeCodes.protocolError, 'protocol-version')
    this.#phase = 'opening'
    this.#helloBy = undefined
    this.#open(hello).catch((thrown: unknown) => this.#openFailed(thrown))
  }

  async #open(hello: Hello): Promise<void> {
    const session = await this.#authenticate(hello.token)
    if (this.#isClosed()) return
    if (session === undefined) return this.#fail(closeCodes.unauthenticated, 'unauthenticated')
    if (!this.#begin(session)) return
    this.#models = hello.models
    this.#beginTelling(session)
    await this.#lanes.claim(hello.lanes, session)
    if (this.#isClosed()) return this.#lanes.release()
    await this.#introduce()
  }

  #beginTelling(session: Session): void {
    const readability = new Readability(this.#parts, session, this.origin)
    const teller = new Teller(this.#parts, this.#outgoing, this.#lanes, readability, this.#models)
    this.#readability = readability
    this.#teller = teller
    this.#subscriptions = new Subscriptions(this.#parts, this, this.#outgoing, teller, readability)
  }

  async #introduce(): Promise<void> {
    const lanes = await this.#lanes.describe()
    if (this.#isClosed()) return
    this.#welcome({
      type: 'welcome',
      actor: this.#session.actor,
      time: this.#parts.ports.clock.now(),
      models: Object.fromEntries(
        [...this.#parts.models.values()].map(({ name, version }) => [name, version]),
      ),
      history: this.#parts.delivery.history,
      lanes,
      frameBytesMax: this.#parts.limits.frameBytesMax,
      silentMsMax: this.#parts.limits.silentMsMax,
      ...this.#expiresAt,
    })
  }

  #welcome(welcome: Welcome): void {
    this.#phase = 'open'
    this.#outgoing.add(JSON.stringify(welcome))
    const early = this.#early ?? []
    this.#early = undefined
    for (const say of early) say()
    this.#inbox.read()
    this.flush()
  }

  #openFailed(thrown: unknown): void {
    // Nobody waits for it any more, as when the server closes its store behind the last session.
    if (this.#isClosed()) return
    const code = thrown instanceof FoldbackError ? thrown.code : 'internal'
    if (code === 'busy' || code === 'too-many-lanes') return this.#fail(closeCodes.tryAgainLater, code)
    if (code === 'lane-taken') return this.#fail(closeCodes.forbidden, code)
    if (code === 'invalid-request') return this.#fail(closeCodes.protocolError, code, messageOf(thrown))
    const message = `A session could not be opened: ${messageOf(thrown)}`
    reportFrom(this.#parts.ports, this.origin, { code, message, cause: thrown })
    this.#fail(closeCodes.tryAgainLater, 'internal')
  }

  #isClosed(): boolean {
    return this.#phase === 'closed'
  }

  // The login

  /** Takes the user as `authenticate` has found them now; false when their login has expired already. */
  #begin(session: Session): boolean {
    this.#session = session
    this.#expiry.set(session.expiresAt)
    if (this.#expiry.hasPassed) this.#expire()
    else this.#parts.deadlines.lookIn(this.#expiry.leftMs)
    return !this.#isClosed()
  }

  get #expiresAt(): Pick<Session, 'expiresAt'> {
    const { expiresAt } = this.#session
    return expiresAt === undefined ? {} : { expiresAt }
  }

  /** The answer to the newest token counts. Beyond the bound only the newest waits to be looked at. */
  #renew(token: string | undefined): void {
    if (this.#looking >= lookingMax) return void (this.#nextToken = { token })
    const renewal = ++this.#renewals
    const isCurrent = (): boolean => !this.#isClosed() && renewal === this.#renewals
    this.#looking++
    this.#authenticate(token)
      .then(
        (session) => {
          if (isCurrent()) this.#renewed(session)
        },
        (thrown: unknown) => {
          if (isCurrent()) this.#openFailed(thrown)
        },
      )
      .finally(() => this.#looked())
  }

  #looked(): void {
    this.#looking--
    const next = this.#nextToken
    this.#nextToken = undefined
    if (next !== undefined && !this.#isClosed()) this.#renew(next.token)
  }

  #renewed(session: Session | undefined): void {
    const before = this.#session
    if (session === undefined) return this.#fail(closeCodes.unauthenticated, 'unauthenticated')
    // Its lanes and all that it was shown are the first user's.
    if (session.actor !== before.actor) return this.#fail(closeCodes.unauthenticated, 'other-user')
    if (!this.#begin(session)) return
    this.#readability?.replace(session)
    const isSame = JSON.stringify(session.claims) === JSON.stringify(before.claims)
    // What it may read can be more or less now. One that is opening is told everything anyway.
    if (!isSame && this.#phase === 'open') return this.#catchUp()
    const renewed: Renewed = { type: 'renewed', ...this.#expiresAt }
    this.#sayInOrder(() => this.#outgoing.add(JSON.stringify(renewed)))
    this.flush()
  }

  /** Takes no action and tells nothing any more; `text` is a frame that has come too late. */
  #expire(text = '[]'): void {
    this.#outgoing.discard()
    for (const value of decodeFrame(text) ?? []) {
      const message = readUpMessage(value)
      if (message?.type === 'push') this.#reject(message.lane, message.n, refusal('login-expired'))
    }
    this.#fail(closeCodes.unauthenticated, 'login-expired')
  }

  // Actions

  #push({ lane, n, actions }: Push): void {
    if (!this.#lanes.has(lane)) return this.problem('out-of-turn', `the hello did not name the lane ${lane}`)
    for (const [index, action] of actions.entries()) {
      const isTaken = this.#parts.pipeline.submit({
        parsed: parseAction(action, this.#parts.limits),
        session: this.#session,
        place: { lane, n: n + index, keepsOutcome: false },
        bytes: this.#bytesPerAction,
        reply: undefined,
        origin: this.#connection.origin,
        senderModels: this.#models,
      })
      // Nothing from there on can happen before it is sent again.
      if (!isTaken) return
    }
  }

  outcome({ submission, result }: SettledUnit): void {
    if (this.#phase === 'opening') (this.#early ??= []).push(() => this.#sayOutcome(submission, result))
    else this.#sayOutcome(submission, result)
  }

  #sayOutcome({ place }: Submission, result: UnitResult): void {
    const { lane, n } = place!
    if (result.kind === 'refused') this.#reject(lane, n, result.refusal)
    else this.#outgoing.addSettled(lane, n, result.isReplaced ? [] : this.#placesOf(result.steps))
  }

  /** Where it has folded with other code, the client gets the record instead. */
  #placesOf(steps: readonly StreamStep[]): Place[] {
    const places = placesOf(steps)
    return places.every(({ model }) => this.#teller!.folds(model))
      ? places
      : places.filter(({ model }) => this.#teller!.folds(model))
  }

  repeated(lane: string, n: number, settlement: Settlement): void {
    this.#sayInOrder(() => {
      if (settlement.status === 'refused') this.#reject(lane, n, settlement.refusal)
      else this.#outgoing.addSettled(lane, n, [])
    })
  }

  putOff(lane: string, n: number, reason: Refusal): void {
    this.#sayInOrder(() => this.#reject(lane, n, reason))
  }

  laneTaken(): void {
    this.#fail(closeCodes.forbidden, 'lane-taken')
  }

  #sayInOrder(say: () => void): void {
    if (this.#phase === 'opening') (this.#early ??= []).push(say)
    else say()
  }

  #reject(lane: string, n: number, { code, message, finality, retryAfterMs }: Refusal): void {
    const final = finality === 'final'
    const rejected: Rejected = {
      type: 'rejected',
      lane,
      n,
      final,
      code,
      message,
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    }
    this.#outgoing.add(JSON.stringify(rejected))
  }

  // Changes

  changed(change: StreamChange): void {
    // While catching up nothing is told: all of it is afresh after the welcome.
    if (this.#phase === 'open') this.#subscriptions?.changed(change)
  }

  uncertain(ref: StreamRef, lane: string | undefined): void {
    if (this.#phase === 'open') this.#subscriptions?.uncertain(ref, lane)
  }

  // What goes out

  flush(): void {
    if (this.#phase === 'opening' || this.#phase === 'closed') return
    if (this.#expiry.hasPassed) return this.#expire()
    this.#outgoing.flush()
  }

  drained(): void {
    this.#silence.heard()
    if (this.#outgoing.isLagging && this.#phase === 'open') this.#catchUp()
    this.#letGo()
  }

  /** Messages were left out while the reader lagged, or its rights have changed: outcomes and states are told afresh. */
  #catchUp(): void {
    this.#outgoing.resume()
    this.#phase = 'opening'
    this.#subscriptions?.pause()
    // Afterwards: what is told of records must not overtake the welcome's marks.
    this.#introduce().then(
      () => this.#subscriptions?.reopen(),
      (thrown: unknown) => this.#openFailed(thrown),
    )
  }

  whenRoom(): Promise<void> {
    if (!this.#outgoing.isBusy) return Promise.resolve()
    return new Promise((resolve) => (this.#waitingForRoom ??= []).push(resolve))
  }

  #letGo(): void {
    const waiting = this.#waitingForRoom ?? []
    this.#waitingForRoom = undefined
    for (const go of waiting) go()
  }

  problem(code: ErrorCode, detail?: string, about: { model?: string; id?: string } = {}): void {
    const problem: Problem = { type: 'problem', code, message: refusal(code, detail).message, ...about }
    this.#outgoing.add(JSON.stringify(problem))
  }

  look(): number {
    const silentInMs = this.#silence.look()
    const helloInMs = this.#helloBy === undefined ? Infinity : this.#helloBy - this.#parts.ports.clock.now()
    if (silentInMs <= 0) this.#over('silentMsMax', 'silent')
    else if (helloInMs <= 0) this.#over('helloMsMax', 'no-hello')
    else if (this.#expiry.hasPassed) this.#expire()
    return this.#isClosed() ? Infinity : Math.min(silentInMs, helloInMs, this.#expiry.leftMs)
  }

  /** Ends a connection that has gone over a limit, and may try again. */
  #over(limit: keyof EngineLimits, code: ErrorCode): void {
    this.#parts.ports.limited?.(limit)
    this.#fail(closeCodes.tryAgainLater, code)
  }

  /** Says why, and ends the connection. */
  #fail(closeCode: number, code: ErrorCode, detail?: string): void {
    this.problem(code, detail)
    this.#outgoing.flush()
    this.#connection.close(closeCode, code)
    this.closed()
  }

  closed(): void {
    if (this.#phase === 'closed') return
    this.#phase = 'closed'
    this.#parts.deadlines.delete(this)
    this.#lanes.release()
    this.#subscriptions?.end()
    this.#subscriptions = undefined
    this.#inbox.clear()
    this.#early = undefined
    this.#letGo()
  }
}

/** At least 1. What a message carries that is none is not looked at yet. */
function countActions(messages: readonly unknown[]): number {
  let count = 0
  for (const message of messages) {
    const actions: unknown = isPlainObject(message) && message['type'] === 'push' && message['actions']
    if (Array.isArray(actions)) count += actions.length
  }
  return Math.max(1, count)
}

const pongText = JSON.stringify({ type: 'pong' } satisfies Pong)
const faultyNamedMax = 10

function faultyText(indexes: readonly number[]): string {
  const named = indexes.slice(0, faultyNamedMax).join(', ')
  const rest = indexes.length > faultyNamedMax ? ` and ${indexes.length - faultyNamedMax} more` : ''
  return `of the frame, counted from 0: ${named}${rest}`
}
