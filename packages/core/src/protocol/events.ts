import type { StampedAction } from '../action.ts'
import { type Fields, isCount, isFields, isListOf, isName, isOptional, isText } from './check.ts'

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

export function readEvents(fields: Fields): Events | undefined {
  const { model, id, events } = fields
  if (!isName(model) || !isName(id) || !isListOf(events, isWireEvent)) return undefined
  return { type: 'events', model, id, events }
}

function isWireEvent(value: unknown): value is WireEvent {
  if (!isFields(value) || !isName(value['id']) || !isCount(value['version']) || !isCount(value['seq']))
    return false
  if (!isFields(value['action']) || !isText(value['actor']) || !isCount(value['receivedAt'])) return false
  return isOptional(value['lane'], isName) && isOptional(value['n'], isCount)
}
