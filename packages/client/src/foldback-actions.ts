import type { Action, FoldbackEvent, RecordState, StampedAction } from '@foldback/core'

/** An event as the application may look at it. */
export type ReceivedEvent = Omit<FoldbackEvent, 'seq'>

/** A record as it is on the screen from now on: confirmed, with the pending actions on top. */
export interface ReceivedRecord {
  readonly model: string
  readonly id: string
  /** Null when there is none. */
  readonly state: RecordState
}

/** Something came from the server that changes what the user sees. One for each frame, however much is in it. */
export interface ReceivedAction extends Action<'foldback/received'> {
  readonly payload: {
    /** Other people's actions, in order. */
    readonly events: readonly ReceivedEvent[]
    /** Every record that changed. */
    readonly records: readonly ReceivedRecord[]
    /** Whole states of models that something else had written to. */
    readonly models?: { readonly [model: string]: unknown }
  }
}

/** The server refused an action; it has been taken back. */
export interface RejectedAction extends Action<'foldback/rejected'> {
  readonly payload: {
    readonly code: string
    readonly message: string
    readonly action: StampedAction
    /** The records that changed because it was taken back. */
    readonly records: readonly ReceivedRecord[]
  }
}

/** The server was put back to an earlier state, and knows nothing any more of actions that it had accepted. */
export interface LostAction extends Action<'foldback/lost'> {
  readonly payload: {
    /** The lost actions of this page as far as they are remembered, oldest first: dispatch again what is still wanted. */
    readonly actions: readonly StampedAction[]
  }
}

/** What sync dispatches by itself. */
export type FoldbackAction = ReceivedAction | RejectedAction | LostAction

const isOfType = (action: unknown, type: string): boolean =>
  typeof action === 'object' && action !== null && (action as Partial<Action>).type === type

/** @example builder.addMatcher(isReceived, (state, { payload }) => …) */
export const isReceived = (action: unknown): action is ReceivedAction => isOfType(action, 'foldback/received')

/** @example builder.addMatcher(isRejected, (state, { payload }) => { state.message = payload.message }) */
export const isRejected = (action: unknown): action is RejectedAction => isOfType(action, 'foldback/rejected')

/** @example builder.addMatcher(isLost, (state, { payload }) => { state.lost = payload.actions }) */
export const isLost = (action: unknown): action is LostAction => isOfType(action, 'foldback/lost')
