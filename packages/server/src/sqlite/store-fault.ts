import type { ErrorCode } from '@foldback/core'

/** An error in the form in which it crosses from a thread to the store, which makes a FoldbackError of it. */
export interface Fault {
  readonly code: ErrorCode
  readonly detail: string | undefined
}

/** Thrown in a thread of the store. */
export class StoreFault extends Error implements Fault {
  readonly code: ErrorCode
  readonly detail: string | undefined

  constructor(code: ErrorCode, detail?: string) {
    super(detail === undefined ? code : `${code}: ${detail}`)
    this.code = code
    this.detail = detail
  }
}

// SQLite's primary result codes: https://sqlite.org/rescode.html
const primaryCode = {
  busy: 5,
  corrupt: 11,
  full: 13,
  tooBig: 18,
  constraint: 19,
  mismatch: 20,
  notADatabase: 26,
}
/** What SQLite says of a value, and not of the disk or the file: without that value the rest can be written. */
const aboutValues: readonly number[] = [primaryCode.tooBig, primaryCode.constraint, primaryCode.mismatch]

/** Extended codes for which SQLite has no more to say than "disk I/O error". */
const writeFailed = 778
const noRoomForIndex = 4874
const hints: { readonly [resultCode: number]: string } = {
  [writeFailed]:
    'nothing more can be written: look for a quota, a limit on the size of files, or a failing disk',
  [noRoomForIndex]:
    'there is no room for the index of its WAL, without which it cannot even be read: make room',
}

/** Whatever was thrown, as a fault. What SQLite says is kept in the detail. */
export function faultOf(thrown: unknown): Fault {
  if (thrown instanceof StoreFault) return { code: thrown.code, detail: thrown.detail }
  const resultCode = sqliteResultCode(thrown)
  if (resultCode === undefined) return { code: 'store-failed', detail: sentenceOf(thrown) }
  const hint = hints[resultCode]
  const detail = `SQLite ${resultCode}: ${sentenceOf(thrown)}${hint === undefined ? '' : `; ${hint}`}`
  return { code: codeOf(resultCode), detail }
}

function codeOf(resultCode: number): ErrorCode {
  // The upper bits only say more about the same.
  const primary = resultCode & 0xff
  if (primary === primaryCode.full || resultCode === noRoomForIndex) return 'disk-full'
  if (primary === primaryCode.busy) return 'busy'
  if (primary === primaryCode.corrupt) return 'database-damaged'
  if (primary === primaryCode.notADatabase) return 'not-a-foldback-database'
  return aboutValues.includes(primary) ? 'unstorable' : 'store-failed'
}

export function sqliteResultCode(thrown: unknown): number | undefined {
  const code = thrown instanceof Error && 'errcode' in thrown ? thrown.errcode : undefined
  return typeof code === 'number' ? code : undefined
}

function sentenceOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown)
}
