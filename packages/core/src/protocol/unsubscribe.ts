import { type Fields, isName, isOptional } from './check.ts'

/** Client → server: the opposite of `subscribe` with the same `model` and `id`. */
export interface Unsubscribe {
  readonly type: 'unsubscribe'
  readonly model: string
  readonly id?: string
}

export function readUnsubscribe(fields: Fields): Unsubscribe | undefined {
  const { model, id } = fields
  if (!isName(model) || !isOptional(id, isName)) return undefined
  return { type: 'unsubscribe', model, ...(id !== undefined && { id }) }
}
