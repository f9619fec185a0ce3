import { isName, isOptional, isText, readerOf } from './check.ts'

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

export const readProblem = readerOf<Problem>('problem', {
  code: isText,
  message: isText,
  model: isOptional(isName),
  id: isOptional(isName),
})
