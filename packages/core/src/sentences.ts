import { type ErrorCode, errors } from './error.ts'

/** What a code means and what to do next. */
export const sentenceOf = (code: ErrorCode): string => errors[code].message

/** True when nothing is recorded, and the same action may be sent again. */
export const isTransient = (code: ErrorCode): boolean => errors[code].finality === 'transient'
