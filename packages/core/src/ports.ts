/** The longest delay that the timers of browsers and Node take, in milliseconds: over it they run at once. */
export const delayMsMax = 2 ** 31 - 1

/** Time, as seen from core, engine and client session. A simulator brings its own. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  /** Calls `run` once after `delayMs`, which is at most `delayMsMax`, unless the returned function is called before. */
  after(delayMs: number, run: () => void): () => void
}

/** Chance, as seen from core, engine and client session. A simulator brings a seeded one. */
export interface Random {
  /** A string that nobody else will make: at least 120 random bits, `[A-Za-z0-9_-]` only. */
  id(): string
  /** A number from 0 up to but not including 1. */
  fraction(): number
}
