import type { PromiseNumber } from '../checkers/promises.ts'
import type { Fault } from '../workload/faults.ts'

/** One place of the sources, and what a hurried hand would have written there. */
export interface Edit {
  /** From the repository's folder on. */
  readonly file: string
  /** Text that is in the file exactly once. */
  readonly find: string
  readonly replace: string
}

/** Come with most faults that a mistake names: on their own those meet little. */
export const usual: readonly Fault[] = ['crashes', 'cuts', 'offline']

/** A mistake that somebody could make in the code under test. */
export interface Mistake {
  readonly name: string
  /** The promise that it breaks. */
  readonly promise: PromiseNumber
  /** What goes wrong then, in one sentence. */
  readonly why: string
  readonly edits: readonly Edit[]
  /** What must go wrong around it, or be tight, for it to matter. @default some of all faults, drawn from each seed */
  readonly faults?: readonly Fault[]
}
