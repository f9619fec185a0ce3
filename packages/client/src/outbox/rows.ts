import type { Json, LogPosition, RecordState, StampedAction } from '@foldback/core'

/*
 * How the outbox lies on the device. Every key begins with a kind:
 *
 *   actor                              who was signed in last
 *   lane/<lane>                        LaneRow: whose it is, and which page gives out numbers in it
 *   action/<lane>/<order>              ActionRow: one action that is not settled
 *   rejection/<actor>/<id>             RejectionRow: one that was refused, until the app has dealt with it
 *   history/<actor>/                   the history of the server's log that a page of this user was told last
 *   record/<actor>/<history>/<model>/<id>   RecordRow: a record as it was confirmed last
 *   listing/<actor>/<history>/<model>       LogPosition: up to where all records of a model are here
 */

export interface LaneRow {
  /** Empty while nobody has signed in. */
  readonly actor: string
  /** The page that may write to it. */
  readonly page: string
}

/**
 * *Open* while `n` is missing, and *sealed* once it has its place in the lane: from then on it never changes, and it
 * is sent, again if need be, until it is settled.
 */
export interface ActionRow {
  readonly action: StampedAction
  readonly n?: number
  /** Given up after it was sealed: the server is asked to refuse it, unless it has taken it already. */
  readonly isCancelled?: true
}

export interface RejectionRow {
  readonly code: string
  readonly message: string
  readonly action: StampedAction
  /** When the refusal came: milliseconds since 1970. */
  readonly at: number
}

export interface RecordRow {
  /** Half a version above the last one known: it may not be read any more. */
  readonly version: number
  readonly eventId: string
  readonly state: RecordState
  /** The version of the model's code that folded it. */
  readonly modelVersion: number
  readonly isGone?: true
  /** When it was written: milliseconds since 1970. */
  readonly at: number
}

export type ListingRow = LogPosition & {
  readonly modelVersion: number
  /** Records were written since that are newer than the position, so that it is nothing to go on from. */
  readonly isTrailing?: true
}

export const actorKey = 'actor'
export const lanesPrefix = 'lane/'
export const laneKey = (lane: string): string => lanesPrefix + lane
export const actionsPrefix = (lane: string): string => `action/${lane}/`
/** The lane of an action's row. */
export const laneIn = (key: string): string => key.split('/')[1] ?? ''
/** Orders are padded so that keys sort as the numbers do. */
export const actionKey = (lane: string, order: number): string =>
  actionsPrefix(lane) + String(order).padStart(16, '0')
const own = (kind: string, actor: string, ...names: readonly string[]): string =>
  [kind, actor, ...names].map(encodeURIComponent).join('/')
export const rejectionsPrefix = (actor: string): string => `${own('rejection', actor)}/`
export const rejectionKey = (actor: string, id: string): string => own('rejection', actor, id)
export const historyKey = (actor: string): string => own('history', actor, '')
/** Of all histories and models, or of one. */
export const recordsPrefix = (actor: string, ...names: readonly string[]): string =>
  `${own('record', actor, ...names)}/`
export const recordKey = (actor: string, history: string, model: string, id: string): string =>
  own('record', actor, history, model, id)
export const listingsPrefix = (actor: string): string => `${own('listing', actor)}/`
export const listingKey = (actor: string, history: string, model: string): string =>
  own('listing', actor, history, model)

/** What stands behind the user in a key. */
export const namesIn = (key: string): string[] => key.split('/').slice(2).map(decodeURIComponent)

/** Rows are JSON, whatever the types of their states say. */
export const asJson = (row: object): Json => row as Json
