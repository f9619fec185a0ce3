import type { Tally } from './tally.ts'

const terminalEveryMs = 250
const plainEveryMs = 10_000
const hourMs = 3_600_000

/** Says how far a run is: on one line of a terminal, or now and then in a line of its own. */
export class Progress {
  readonly #tally: Tally
  readonly #out: NodeJS.WriteStream
  readonly #startedAt = Date.now()
  #saidAt = Date.now()

  constructor(tally: Tally, out: NodeJS.WriteStream) {
    this.#tally = tally
    this.#out = out
  }

  /** Real seconds since the beginning. */
  get seconds(): number {
    return (Date.now() - this.#startedAt) / 1_000
  }

  get runsPerSecond(): number {
    return this.#tally.runs / Math.max(this.seconds, 0.001)
  }

  look(): void {
    const everyMs = this.#out.isTTY ? terminalEveryMs : plainEveryMs
    if (Date.now() - this.#saidAt < everyMs) return
    this.#saidAt = Date.now()
    this.#out.write(this.#out.isTTY ? `\r\u001B[2K${this.#text}` : `${this.#text}\n`)
  }

  /** Clears the line. */
  end(): void {
    if (this.#out.isTTY) this.#out.write('\r\u001B[2K')
  }

  get #text(): string {
    const { runs, simulatedMs, events, broken } = this.#tally
    const hours = (simulatedMs / hourMs).toFixed(1)
    const last = broken.at(-1)
    const failed = last === undefined ? '' : `, ${broken.length} broken (the last one: seed ${last.seed})`
    return `${count(runs)} histories${failed}, ${this.runsPerSecond.toFixed(1)}/s, ${hours} simulated hours, ${count(events)} events`
  }
}

/** A number as people read it. */
export function count(value: number): string {
  return value.toLocaleString('en')
}
