import { isPlainObject } from '../json.ts'

/** Whether a value that came from outside has a form. */
export type Check = (value: unknown) => boolean

/** What each field of an object must be. */
type Shape<Fields> = { readonly [Name in keyof Fields]-?: Check }

/** Reads one kind of message, or returns undefined when a field has a wrong form. */
export type Reader<Message> = (fields: { readonly [name: string]: unknown }) => Message | undefined

const nameLengthMax = 200

export const isText: Check = (value) => typeof value === 'string'

export const isName = (value: unknown): value is string =>
  typeof value === 'string' && value !== '' && value.length <= nameLengthMax

export const isCount = (value: unknown): value is number =>
  Number.isSafeInteger(value) && (value as number) >= 0

export const isBoolean: Check = (value) => typeof value === 'boolean'

export const isThere: Check = (value) => value !== undefined

export const isOptional =
  (is: Check): Check =>
  (value) =>
    value === undefined || is(value)

export const isListOf =
  (is: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(is)

export const isMapOf =
  (is: Check): Check =>
  (value) =>
    isPlainObject(value) && Object.values(value).every(is)

export const isObjectOf = <Fields>(shape: Shape<Fields>): Check => {
  const checks = Object.entries<Check>(shape)
  return (value) => isPlainObject(value) && checks.every(([name, is]) => is(value[name]))
}

/** Reads messages of a type: the fields of the shape, where there is one, and no others. */
export function readerOf<Message extends { readonly type: string }>(
  type: Message['type'],
  shape: Shape<Omit<Message, 'type'>>,
): Reader<Message> {
  const isMessage = isObjectOf(shape)
  const all = Object.keys(shape)
  return (fields) => {
    if (!isMessage(fields)) return undefined
    const message: { [name: string]: unknown } = { type }
    for (const name of all) if (fields[name] !== undefined) message[name] = fields[name]
    return message as unknown as Message
  }
}

/** Finds the reader for a message's `type` and reads it. */
export function readWith<Message>(
  readersByType: { readonly [type: string]: Reader<Message> },
  value: unknown,
): Message | undefined {
  if (!isPlainObject(value)) return undefined
  const type = value['type']
  if (typeof type !== 'string' || !Object.hasOwn(readersByType, type)) return undefined
  return readersByType[type]?.(value)
}
