import { type Refusal, refusal } from '@foldback/core'

const { code, message } = refusal('no-such-record')

/** What a `guard` answers to somebody who may not know that there is a record: the same as where there is none. */
export const noSuchRecord: Pick<Refusal, 'code' | 'message'> = { code, message }
