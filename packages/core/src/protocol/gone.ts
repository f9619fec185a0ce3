import { isName, readerOf } from './check.ts'

/** Server → client: this session may not read the record (any more); what it had of it is to be dropped. */
export interface Gone {
  readonly type: 'gone'
  readonly model: string
  readonly id: string
}

export const readGone = readerOf<Gone>('gone', { model: isName, id: isName })
