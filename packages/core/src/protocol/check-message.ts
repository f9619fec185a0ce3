import { isCount, isName, isOptional, readerOf } from './check.ts'

/**
 * Client → server: this is what I have confirmed of a record that I am subscribed to; is it what you have? The answer
 * is silence, or `diverged`. `id` is left out as in `subscribe`.
 *
 * The event is named beside its version: after a backup was restored, the same version may be of another history, and
 * a client that has not heard of that yet has not diverged.
 */
export interface Check {
  readonly type: 'check'
  readonly model: string
  readonly id?: string
  readonly version: number
  /** The id of the event with that version. */
  readonly eventId: string
  /** The `stateHash` of the confirmed state. */
  readonly hash: string
}

export const readCheck = readerOf<Check>('check', {
  model: isName,
  id: isOptional(isName),
  version: isCount,
  eventId: isName,
  hash: isName,
})
