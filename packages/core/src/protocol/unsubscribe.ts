import { isName, isOptional, readerOf } from './check.ts'

/** Client → server: the opposite of `subscribe` with the same `model` and `id`. */
export interface Unsubscribe {
  readonly type: 'unsubscribe'
  readonly model: string
  readonly id?: string
}

export const readUnsubscribe = readerOf<Unsubscribe>('unsubscribe', { model: isName, id: isOptional(isName) })
