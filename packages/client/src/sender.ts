import { cancellation, delayMsMax, encodeFrame, isLongerThan, type LaneMark } from '@foldback/core'
import type { Entry } from './entry.ts'
import type { Lane } from './lane.ts'
import type { Link, RetryLimits } from './link.ts'
import type { ClientPorts } from './ports.ts'
import type { SendQueue } from './send-queue.ts'

/** A frame carries at most this part of what the server reads at once. */
const frameShare = 1 / 8
/** Bytes of a frame around a single action. */
const frameOverheadBytes = 200

export interface SendLimits extends RetryLimits {
  /** Actions of one lane that are on their way at one time; more leave as these are settled. */
  readonly sentMax: number
}

/**
 * Says things to the server: messages in frames, and the sealed actions of each lane in their order, each once on
 * a connection. What the server puts off is sent again after a while.
 */
export class Sender {
  readonly #ports: ClientPorts
  readonly #limits: SendLimits
  readonly #link: Link
  readonly #queue: SendQueue
  #isOpen = false
  #frameBytesMax = Infinity
  /** By lane: every sealed action up to this n has been sent on this connection. */
  #sentUpTo = new Map<string, number>()
  #messages: string[] = []
  #messagesLength = 0
  #cancelResend: (() => void) | undefined
  #putOffs = 0
  /** Until when nothing is sent again, in milliseconds since 1970. */
  #resendAt = 0
  /** There is more to be sent when something is settled. */
  #holdsBack = false
  /** So many may be on their way now: half as many each time that some are put off, and more as they are settled. */
  #window: number

  constructor(ports: ClientPorts, limits: SendLimits, link: Link, queue: SendQueue) {
    this.#ports = ports
    this.#limits = limits
    this.#window = limits.sentMax
    this.#link = link
    this.#queue = queue
  }

  /** The server takes actions from now on, those after the lanes' marks. */
  open(lanes: readonly LaneMark[], frameBytesMax: number): void {
    this.#isOpen = true
    this.#frameBytesMax = frameBytesMax
    this.#sentUpTo = new Map(lanes.map(({ lane, mark }) => [lane, mark]))
    this.sendSealed()
  }

  /** The connection is gone, and with it what had not left. */
  close(): void {
    this.#isOpen = false
    this.#messages = []
    this.#messagesLength = 0
    this.#cancelResend?.()
    this.#cancelResend = undefined
  }

  /** What is said in one go leaves as one frame, unless that would be too large. */
  say(message: string): void {
    // A large action goes in a frame of its own, whose size was checked.
    if (this.#messagesLength + message.length > this.#frameBytesMax * frameShare) this.#flush()
    if (this.#messages.length === 0) this.#ports.soon(() => this.#flush())
    this.#messages.push(message)
    this.#messagesLength += message.length
  }

  #flush(): void {
    const messages = this.#messages
    if (messages.length === 0) return
    this.#messages = []
    this.#messagesLength = 0
    this.#link.send(encodeFrame(messages))
  }

  sendSealed(): void {
    if (!this.#isOpen || this.#cancelResend !== undefined) return
    this.#holdsBack = false
    for (const lane of this.#queue.lanes) this.#sendLane(lane)
  }

  #sendLane(lane: Lane): void {
    // A lane that the server was not told of goes with the next connection.
    const sentUpTo = this.#sentUpTo.get(lane.name)
    if (sentUpTo === undefined) return
    let texts: string[] = []
    let length = 0
    let first = sentUpTo + 1
    const upTo = lane.settledUpTo + this.#window
    if (lane.byN.has(upTo + 1)) this.#holdsBack = true
    for (const entry of this.#queue.sealedFrom(lane, first, upTo)) {
      const text = this.#textOf(entry)
      const isFull = length + text.length > this.#frameBytesMax * frameShare
      if (texts.length > 0 && (isFull || entry.n !== first + texts.length)) {
        this.#push(lane, first, texts)
        texts = []
        length = 0
      }
      if (texts.length === 0) first = entry.n!
      texts.push(text)
      length += text.length
    }
    if (texts.length > 0) this.#push(lane, first, texts)
  }

  /** An action too large for any frame uses up its number all the same: it goes as null, which is refused. */
  #textOf(entry: Entry): string {
    const text = JSON.stringify(entry.cancel === 'written' ? cancellation : entry.kept)
    return isLongerThan(text, this.#frameBytesMax - frameOverheadBytes) ? 'null' : text
  }

  /** True when the action went as null, and the server can only say that null is no action. */
  isTooLarge(entry: Entry): boolean {
    return this.#textOf(entry) === 'null'
  }

  #push({ name }: Lane, n: number, texts: readonly string[]): void {
    this.#sentUpTo.set(name, n + texts.length - 1)
    const head = JSON.stringify({ type: 'push', lane: name, n })
    this.say(`${head.slice(0, -1)},"actions":[${texts.join(',')}]}`)
  }

  /** Some were settled, which makes room for others. */
  sendHeldBack(): void {
    this.#window = Math.min(this.#limits.sentMax, this.#window + 1)
    if (this.#holdsBack) this.sendSealed()
  }

  /** Some were settled: whatever put others off before is over. True when that is news. */
  goesOn(): boolean {
    if (this.#putOffs === 0 || this.#cancelResend !== undefined) return false
    this.#putOffs = 0
    return true
  }

  /** The action is given up: if it has gone already, the server is asked to refuse it, unless it has taken it. */
  sendCancelled({ lane, n }: Entry): void {
    if (!this.#isOpen || lane === undefined || (this.#sentUpTo.get(lane.name) ?? 0) < n!) return
    this.say(JSON.stringify({ type: 'push', lane: lane.name, n, actions: [cancellation] }))
  }

  /**
   * Nothing from n on has happened: all that is not settled is sent again after a while, but not before
   * `retryAfterMs`.
   */
  putOff({ name, settledUpTo }: Lane, n: number, retryAfterMs = 0): void {
    this.#sentUpTo.set(name, Math.min(this.#sentUpTo.get(name) ?? 0, n - 1, settledUpTo))
    const { clock, random } = this.#ports
    const { retryMsMin, retryMsMax } = this.#limits
    const isNew = this.#cancelResend === undefined
    if (isNew) this.#window = Math.max(1, Math.floor(this.#window / 2))
    const boundMs = isNew ? Math.min(retryMsMax, retryMsMin * 2 ** this.#putOffs++) : 0
    const delayMs = Math.min(retryAfterMs, delayMsMax - boundMs) + Math.round(boundMs * random.fraction())
    const resendAt = clock.now() + delayMs
    if (!isNew && resendAt <= this.#resendAt) return
    this.#resendAt = resendAt
    this.#cancelResend?.()
    this.#cancelResend = clock.after(delayMs, () => {
      this.#cancelResend = undefined
      this.sendSealed()
    })
  }
}
