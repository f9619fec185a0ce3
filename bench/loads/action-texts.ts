import { linesPerOrder, lineOf } from '../model.ts'

const lineTexts = Array.from({ length: linesPerOrder }, (_, index) => JSON.stringify(lineOf(index + 1)))

/**
 * What an `OrderWriter` dispatches, as JSON, at the price of putting a few strings together: so that a load generator
 * takes no more of the machine than it must.
 */
export class ActionTexts {
  readonly #name: string
  #orderCount = 0
  #lineCount = linesPerOrder

  /** @param name as for `OrderWriter`. */
  constructor(name: string) {
    this.#name = name
  }

  /** @param meta what follows the payload, such as `,"meta":{…}`. */
  next(meta = ''): string {
    if (this.#lineCount === linesPerOrder) {
      this.#orderCount += 1
      this.#lineCount = 0
      return `{"type":"salesOrder/created","payload":{"id":"${this.#name}-${this.#orderCount}","customer":"Ada Lovelace"}${meta}}`
    }
    this.#lineCount += 1
    return `{"type":"salesOrder/lineAdded","payload":{"id":"${this.#name}-${this.#orderCount}","line":${lineTexts[this.#lineCount - 1]}}${meta}}`
  }
}

/** Such as 'w07-k3x9': the client's number, and what tells this run from others. */
export function writerName(index: number): string {
  return `w${String(index).padStart(2, '0')}-${Math.floor(Math.random() * 36 ** 4)
    .toString(36)
    .padStart(4, '0')}`
}
