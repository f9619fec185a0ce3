/** The bytes of texts. A text that goes to many connections, one after the other, becomes bytes once. */
export class TextBytes {
  #text = ''
  #bytes = Buffer.alloc(0)

  of(text: string): Buffer {
    if (text !== this.#text) {
      this.#text = text
      this.#bytes = Buffer.from(text)
    }
    return this.#bytes
  }
}
