import type { StampedAction } from '../action.ts'
import { isPlainObject } from '../json.ts'
import { isCount, isListOf, isName, isObjectOf, isOptional, isText, readerOf } from './check.ts'

/**
 * Server → client: events of one stream, in the order of their versions, without holes. Among them are the
 * client's own when the server replaced the action, or when they come with a resumed subscription.
 */
export interface Events {
  readonly type: 'events'
  readonly model: string
  readonly id: string
  readonly events: readonly WireEvent[]
}

/** An event without what the message around it says. */
export interface WireEvent {
  readonly id: string
  readonly version: number
  readonly seq: number
  readonly action: StampedAction
  readonly actor: string
  readonly receivedAt: number
  /** The place in its lane, given only to the session that holds the lane. */
  readonly lane?: string
  readonly n?: number
}

const isWireEvent = isObjectOf<WireEvent>({
  id: isName,
  version: isCount,
  seq: isCount,
  action: isPlainObject,
  actor: isText,
  receivedAt: isCount,
  lane: isOptional(isName),
  n: isOptional(isCount),
})

export const readEvents = readerOf<Events>('events', {
  model: isName,
  id: isName,
  events: isListOf(isWireEvent),
})
