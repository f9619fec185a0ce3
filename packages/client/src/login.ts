import { delayMsMax, type ErrorCode, FoldbackError } from '@foldback/core'
import type { RetryLimits } from './link.ts'
import type { ClientPorts } from './ports.ts'

export interface LoginLimits {
  /** Milliseconds before the login expires in which a newer token is asked for, at random in the first half of them. */
  readonly renewMsMax: number
}

/** Gives the user's token; undefined, or null, when there is none. */
export type AskToken = () => Token | Promise<Token>

type Token = string | null | undefined

export interface LoginParts {
  readonly ports: ClientPorts
  readonly limits: LoginLimits & RetryLimits
  readonly token: AskToken | undefined
  /** Tells the server the token of now, in mid-session. */
  readonly renew: (token: string | undefined) => void
}

/**
 * The user's token: asked for before each connection, again before the login expires, and once more when the server
 * has refused it. An answer counts only for what was asked last.
 */
export class Login {
  readonly #parts: LoginParts
  #questions = 0
  /** The token that the server was told last, and the one that it has taken. */
  #told: string | undefined
  #taken: string | undefined
  /** Another token is being tried after one was refused: it is the last. */
  #isSecond = false
  /** By the clock of this device. */
  #expiresAt = 0
  #cancelTimer: (() => void) | undefined

  constructor(parts: LoginParts) {
    this.#parts = parts
  }

  /** Gives the token for a new connection. */
  begin(hello: (token: string | undefined) => void, failed: () => void): void {
    this.#ask((token) => {
      this.#taken = this.#told = token
      hello(token)
    }, failed)
  }

  /** The server has taken the token, for so many milliseconds from now; for good, when they are left out. */
  taken(validMs: number | undefined): void {
    this.#taken = this.#told
    this.#isSecond = false
    this.stop()
    if (validMs === undefined) return
    this.#expiresAt = this.#parts.ports.clock.now() + validMs
    this.#renewInTime()
  }

  #renewInTime(): void {
    const { ports, limits, renew } = this.#parts
    const leftMs = this.#expiresAt - ports.clock.now()
    // Too late: the server will say when it has expired.
    if (leftMs < limits.retryMsMin) return
    const earlyMs = Math.round(Math.min(limits.renewMsMax, leftMs / 2) * (1 - ports.random.fraction() / 2))
    this.#cancelTimer = ports.clock.after(Math.min(leftMs - earlyMs, delayMsMax), () =>
      this.#ask(
        (token) => {
          this.#told = token
          renew(token)
        },
        () => this.#renewInTime(),
      ),
    )
  }

  /** The server has closed the connection for this reason: is there another token than the refused one? */
  refused(code: ErrorCode | (string & {}), another: () => void, none: () => void): void {
    // What was told in the last moment may not have been looked at.
    const refused = code === 'login-expired' ? this.#taken : this.#told
    const isSecond = this.#isSecond
    this.#isSecond = false
    if (isSecond) return none()
    const tryAnother = (): void => {
      this.#isSecond = true
      another()
    }
    this.#ask((token) => (token === refused ? none() : tryAnother()), tryAnother)
  }

  /** The connection is gone, and with it what was asked for it. */
  stop(): void {
    this.#questions++
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
  }

  #ask(then: (token: string | undefined) => void, failed: () => void): void {
    const { token, ports } = this.#parts
    if (token === undefined) return then(undefined)
    const question = ++this.#questions
    const ifCurrent = (run: () => void): void => {
      if (question === this.#questions) run()
    }
    new Promise<Token>((resolve) => resolve(token())).then(checked).then(
      (value) => ifCurrent(() => then(value)),
      (cause: unknown) => {
        ports.warn('Foldback: the token could not be had; it is asked for again later.', cause)
        ifCurrent(failed)
      },
    )
  }
}

/** The server would take anything else for a broken message. */
function checked(token: Token): string | undefined {
  if (token === null || token === undefined) return undefined
  if (typeof token === 'string') return token
  throw new FoldbackError('misconfigured', 'token must return a string')
}
