import { type Fields, isName, isOptional, isText } from './check.ts'

/**
 * Server → client: something that was sent could not be done, and it was not an action of a lane (those get
 * `rejected`). `model` and `id` name the subscription it is about, where it is about one. What the server cannot go
 * on after, it follows with a close.
 */
export interface Problem {
  readonly type: 'problem'
  readonly code: string
  readonly message: string
  readonly model?: string
  readonly id?: string
}

export function readProblem(fields: Fields): Problem | undefined {
  const { code, message, model, id } = fields
  if (!isText(code) || !isText(message) || !isOptional(model, isName) || !isOptional(id, isName))
    return undefined
  return {
    type: 'problem',
    code,
    message,
    ...(model !== undefined && { model }),
    ...(id !== undefined && { id }),
  }
}
