/** What has arrived and nobody has asked for yet, or the other way round. */
export class MessageQueue<Message> {
  readonly #arrived: Message[] = []
  readonly #waiting: { resolve: (message: Message) => void; reject: (fault: Error) => void }[] = []
  #fault: Error | undefined

  push(message: Message): void {
    const next = this.#waiting.shift()
    if (next === undefined) this.#arrived.push(message)
    else next.resolve(message)
  }

  /** Nothing more will come. */
  end(fault: Error): void {
    this.#fault = fault
    for (const { reject } of this.#waiting.splice(0)) reject(fault)
  }

  next(): Promise<Message> {
    const message = this.#arrived.shift()
    if (message !== undefined) return Promise.resolve(message)
    if (this.#fault !== undefined) return Promise.reject(this.#fault)
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }))
  }

  /** What has arrived so far. */
  get arrivedCount(): number {
    return this.#arrived.length
  }
}
