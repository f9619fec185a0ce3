import { type Fields, isName } from './check.ts'

/** Server → client: this session may not read the record (any more); what it had of it is to be dropped. */
export interface Gone {
  readonly type: 'gone'
  readonly model: string
  readonly id: string
}

export function readGone(fields: Fields): Gone | undefined {
  const { model, id } = fields
  if (!isName(model) || !isName(id)) return undefined
  return { type: 'gone', model, id }
}
