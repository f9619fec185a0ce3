import { encodeFrame, isLongerThan } from '@foldback/core'
import type { Entry } from './entry.ts'
import type { Link, RetryLimits } from './link.ts'
import type { ClientPorts } from './ports.ts'
import type { SendQueue } from './send-queue.ts'

/** A frame carries at most this part of what the server reads at once. */
const frameShare = 1 / 8
/** Bytes of a frame around a single action. */
const frameOverheadBytes = 200

/**
 * Says things to the server: messages in frames, and the sealed actions of the lane in their order, each once on a
 * connection. What the server puts off is sent again after a while.
 */
export class Sender {
  readonly #ports: ClientPorts
  readonly #limits: RetryLimits
  readonly #link: Link
  readonly #queue: SendQueue
  #isOpen = false
  #frameBytesMax = Infinity
  /** Every sealed action up to this n has been sent on this connection. */
  #sentUpTo = 0
  #messages: string[] = []
  #messagesLength = 0
  #cancelResend: (() => void) | undefined
  #putOffs = 0

  constructor(ports: ClientPorts, limits: RetryLimits, link: Link, queue: SendQueue) {
    this.#ports = ports
    this.#limits = limits
    this.#link = link
    this.#queue = queue
  }

  /** The server takes actions from now on, those after `mark`. */
  open(mark: number, frameBytesMax: number): void {
    this.#isOpen = true
    this.#frameBytesMax = frameBytesMax
    this.#sentUpTo = mark
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
    let texts: string[] = []
    let length = 0
    let first = this.#sentUpTo + 1
    for (const entry of this.#queue.sealedFrom(first)) {
      const text = this.#textOf(entry)
      const isFull = length + text.length > this.#frameBytesMax * frameShare
      if (texts.length > 0 && (isFull || entry.n !== first + texts.length)) {
        this.#push(first, texts)
        texts = []
        length = 0
      }
      if (texts.length === 0) first = entry.n!
      texts.push(text)
      length += text.length
    }
    if (texts.length > 0) this.#push(first, texts)
  }

  /** An action too large for any frame uses up its number all the same: it goes as null, which is refused. */
  #textOf(entry: Entry): string {
    const text = JSON.stringify(entry.action)
    return isLongerThan(text, this.#frameBytesMax - frameOverheadBytes) ? 'null' : text
  }

  /** True when the action went as null, and the server can only say that null is no action. */
  isTooLarge(entry: Entry): boolean {
    return this.#textOf(entry) === 'null'
  }

  #push(n: number, texts: readonly string[]): void {
    this.#sentUpTo = n + texts.length - 1
    const head = JSON.stringify({ type: 'push', lane: this.#queue.lane, n })
    this.say(`${head.slice(0, -1)},"actions":[${texts.join(',')}]}`)
  }

  /** Some were settled: whatever put others off before is over. True when that is news. */
  goesOn(): boolean {
    if (this.#putOffs === 0 || this.#cancelResend !== undefined) return false
    this.#putOffs = 0
    return true
  }

  /** Nothing from n on has happened: all that is not settled is sent again after a while. */
  putOff(n: number): void {
    this.#sentUpTo = Math.min(this.#sentUpTo, n - 1, this.#queue.settledUpTo)
    if (this.#cancelResend !== undefined) return
    const { retryMsMin, retryMsMax } = this.#limits
    const boundMs = Math.min(retryMsMax, retryMsMin * 2 ** this.#putOffs++)
    const delayMs = Math.round(boundMs * this.#ports.random.fraction())
    this.#cancelResend = this.#ports.clock.after(delayMs, () => {
      this.#cancelResend = undefined
      this.sendSealed()
    })
  }
}
