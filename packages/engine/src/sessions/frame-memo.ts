import { encodeFrame } from '@foldback/core'

/** Makes frames of messages. One message that goes to many sessions, one after the other, becomes one text for all. */
export class FrameMemo {
  #message: string | undefined
  #frame = ''

  frameOf(messages: readonly string[]): string {
    if (messages.length !== 1) return encodeFrame(messages)
    const [message] = messages
    if (message !== this.#message) {
      this.#message = message
      this.#frame = encodeFrame(messages)
    }
    return this.#frame
  }
}
