import type { StoredModel } from '@foldback/engine'
import type { Fault } from './store-fault.ts'

/*
 * What passes between the store and its threads: a ThreadStart first, then calls; for each one answer, in order.
 */

/** What a thread is for. */
export type ThreadStart =
  | WriterStart
  | { readonly role: 'reader'; readonly path: string; readonly busyTimeoutMs: number }

export interface WriterStart {
  readonly role: 'writer'
  readonly path: string
  readonly models: readonly StoredModel[]
  readonly busyTimeoutMs: number
  /** What the file's generation must be: that of the thread in whose place this one begins. */
  readonly generation?: number
}

export interface Call {
  readonly method: string
  readonly parameters: readonly unknown[]
}

export type Answer = ({ readonly value: unknown } | { readonly fault: Fault }) & {
  /** The writer's, once it has one. */
  readonly generation?: number
  /** What an append took to be made durable. */
  readonly commitSeconds?: number
}

/** The method after which a thread ends. */
export const closeMethod = 'close'
