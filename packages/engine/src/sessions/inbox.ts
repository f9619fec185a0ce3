import { decodeFrame } from '@foldback/core'
import type { EnginePorts } from '../ports.ts'

/** Messages of one frame that are handled before others have their turn. */
const messagesAtOnce = 100

/** What is to be done with what has come. */
export interface InboxReader {
  /** False while what has come has to wait. */
  readonly mayRead: boolean
  /** Another frame begins, of so many bytes. */
  frameBegins(messages: readonly unknown[], bytes: number): void
  message(value: unknown, index: number): void
  /** All messages of the frame have been handled. */
  frameEnds(): void
  notAFrame(): void
}

/**
 * The frames of one session that have come and are not handled yet, in order. A frame of many messages is handled a
 * few at a time, so that nobody keeps everybody else waiting with one of ten thousand.
 */
export class Inbox {
  readonly #reader: InboxReader
  readonly #ports: Pick<EnginePorts, 'defer'>
  #frames: string[] = []
  #length = 0
  /** What is left of the frame that is being handled. */
  #messages: readonly unknown[] | undefined
  #index = 0
  #isDeferred = false

  constructor(reader: InboxReader, ports: Pick<EnginePorts, 'defer'>) {
    this.#reader = reader
    this.#ports = ports
  }

  /** Frames that wait. */
  get count(): number {
    return this.#frames.length
  }

  /** Characters of the frames that wait. */
  get length(): number {
    return this.#length
  }

  add(frame: string): void {
    this.#frames.push(frame)
    this.#length += frame.length
  }

  clear(): void {
    this.#frames = []
    this.#length = 0
    this.#messages = undefined
  }

  /** Handles what has come, as far as it may; the rest follows by itself, or with the next call. */
  read(): void {
    if (this.#isDeferred) return
    let room = messagesAtOnce
    while (this.#reader.mayRead && this.#hasMore()) {
      if (room-- === 0) return this.#readLater()
      this.#readNext()
    }
  }

  #hasMore(): boolean {
    return this.#messages !== undefined || this.#frames.length > 0
  }

  #readNext(): void {
    this.#messages ??= this.#nextFrame()
    if (this.#messages === undefined) return this.#reader.notAFrame()
    if (this.#index < this.#messages.length) {
      const index = this.#index++
      return this.#reader.message(this.#messages[index], index)
    }
    this.#messages = undefined
    this.#reader.frameEnds()
  }

  #nextFrame(): readonly unknown[] | undefined {
    const text = this.#frames.shift() ?? ''
    this.#length -= text.length
    this.#index = 0
    const messages = decodeFrame(text)
    if (messages !== undefined) this.#reader.frameBegins(messages, text.length)
    return messages
  }

  #readLater(): void {
    this.#isDeferred = true
    this.#ports.defer(() => {
      this.#isDeferred = false
      this.read()
    })
  }
}
