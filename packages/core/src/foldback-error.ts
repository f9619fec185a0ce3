import { isTransient, sentenceOf } from '#sentences'
import type { Action } from './action.ts'
import type { ErrorCode } from './error.ts'

/**
 * Why an action was not accepted. `code` is one of Foldback's, or one that the application's own guard gave.
 * An outcome, never an exception.
 */
export interface Refusal {
  readonly code: ErrorCode | (string & {})
  readonly message: string
  readonly finality: 'final' | 'transient'
  /** Milliseconds after which it is worth trying again, where that is known. */
  readonly retryAfterMs?: number
}

/** A refusal with a code of Foldback's; `detail` is added to its sentence. */
export function refusal(code: ErrorCode, detail?: string): Refusal {
  return { code, message: sentenceWith(code, detail), finality: isTransient(code) ? 'transient' : 'final' }
}

function sentenceWith(code: ErrorCode, detail: string | undefined): string {
  const sentence = sentenceOf(code)
  return detail === undefined ? sentence : `${sentence} (${detail})`
}

/** Thrown where a program, not an action, is at fault. */
export class FoldbackError extends Error {
  override readonly name = 'FoldbackError'
  readonly code: ErrorCode
  /** The action that was being handled, where there was one. */
  readonly action: Action | undefined

  constructor(code: ErrorCode, detail?: string, options: { cause?: unknown; action?: Action } = {}) {
    super(sentenceWith(code, detail), options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.action = options.action
  }
}

/** The sentence of whatever was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown)
}
