import { isPlainObject } from '../json.ts'

/** What a message's reader is given: a parsed object whose fields nobody has looked at. */
export type Fields = { readonly [name: string]: unknown }

/** Reads one kind of message, or returns undefined when a field has a wrong form. */
export type Reader<Message> = (fields: Fields) => Message | undefined

const nameLengthMax = 200

export const isName = (value: unknown): value is string =>
  typeof value === 'string' && value !== '' && value.length <= nameLengthMax

export const isText = (value: unknown): value is string => typeof value === 'string'

export const isCount = (value: unknown): value is number =>
  Number.isSafeInteger(value) && (value as number) >= 0

export const isOptional = <T>(value: unknown, is: (value: unknown) => value is T): value is T | undefined =>
  value === undefined || is(value)

export const isFields = (value: unknown): value is Fields => isPlainObject(value)

export const isListOf = <T>(value: unknown, is: (value: unknown) => value is T): value is readonly T[] =>
  Array.isArray(value) && value.every(is)

/** Finds the reader for a message's `type` and reads it. */
export function readWith<Message>(
  readersByType: { readonly [type: string]: Reader<Message> },
  value: unknown,
): Message | undefined {
  if (!isFields(value) || !isText(value['type'])) return undefined
  if (!Object.hasOwn(readersByType, value['type'])) return undefined
  return readersByType[value['type']]?.(value)
}
