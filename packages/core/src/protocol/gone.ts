import { isName, readerOf } from './check.ts'

/** Server → client: there is no such record for this session (any more); what it had of it is to be dropped. */
export interface Gone {
  readonly type: 'gone'
  readonly model: string
  readonly id: string
}

export const readGone = readerOf<Gone>('gone', { model: isName, id: isName })
