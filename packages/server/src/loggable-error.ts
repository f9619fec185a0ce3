import { messageOf } from '@foldback/core'

/** An error as it is logged. */
export interface LoggableError {
  readonly type: string
  readonly message: string
  readonly stack: string | undefined
  readonly code?: string
  readonly cause?: LoggableError
}

const causesMax = 5

/**
 * What an error says, and where. What else hangs on it is left out: a rule's or a library's error may carry the action
 * or the record that it is about.
 */
export function loggableError(thrown: unknown, causesLeft = causesMax): LoggableError | undefined {
  if (thrown === undefined) return undefined
  if (!(thrown instanceof Error)) return { type: typeof thrown, message: messageOf(thrown), stack: undefined }
  const { name, message, stack, cause } = thrown
  const code: unknown = 'code' in thrown ? thrown.code : undefined
  const below = causesLeft > 0 ? loggableError(cause, causesLeft - 1) : undefined
  return {
    type: name,
    message,
    stack,
    ...(typeof code === 'string' && { code }),
    ...(below && { cause: below }),
  }
}
