import type { Contents } from '../sqlite/examine-database.ts'

/** What is in a database, for people. */
export function contentsText({ eventCount, streamCount, tip }: Contents): string {
  const last = tip.seq === 0 ? 'its log is empty' : `the last event is ${tip.seq} (${tip.id})`
  return `${counted(eventCount, 'event')} of ${counted(streamCount, 'record')}, ${last}`
}

function counted(count: number, thing: string): string {
  return `${count.toLocaleString('en')} ${thing}${count === 1 ? '' : 's'}`
}
