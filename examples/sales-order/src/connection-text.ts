import type { SyncStatus } from '@foldback/client'
import { formatCount } from './money.ts'

/** What the bar below the page says: a line that fits on a phone, and what there is to know besides. */
export interface ConnectionText {
  head: string
  more: string
}

const cannotSave: ConnectionText = {
  head: 'The server cannot save anything right now.',
  more: 'Your changes wait, and are saved as soon as it can.',
}
const isUpdated: ConnectionText = {
  head: 'The server is being updated.',
  more: 'Your changes wait until that is done.',
}
const signInAgain: ConnectionText = {
  head: 'You are not signed in any more.',
  more: 'Sign in again: what you have written waits on this device.',
}
const cannotConnect: ConnectionText = {
  head: 'This page cannot connect to the server.',
  more: 'Reload it. If that does not help, tell those who run it.',
}
const somethingElse: ConnectionText = {
  head: 'Something went wrong on the server.',
  more: 'Reload the page if something is missing. If that does not help, tell those who run it.',
}

/** Errors in the words of this app: the sentences that come with the codes are for those who write one. */
const problems = new Map<string, ConnectionText>([
  [
    'outbox-failed',
    {
      head: 'Your changes cannot be kept. Leave this page open.',
      more: 'This device may be full: free some space on it. They are saved as soon as they are kept.',
    },
  ],
  [
    'history-lost',
    {
      head: 'The server has lost changes of yours.',
      more: 'It was put back to an earlier state. Look at what needs attention, and do again what is still wanted.',
    },
  ],
  ['unauthenticated', signInAgain],
  ['login-expired', signInAgain],
  ['busy', cannotSave],
  ['closing', cannotSave],
  ['disk-full', cannotSave],
  ['store-failed', cannotSave],
  ['unknown-outcome', cannotSave],
  ['newer-version', isUpdated],
  ['unknown-type', isUpdated],
  ['protocol-version', { head: 'This page is not of the version of the server.', more: 'Reload it.' }],
  ['forbidden', cannotConnect],
  ['misconfigured', cannotConnect],
])

/** Undefined while all is well. */
export function connectionText(status: SyncStatus, isOffline: boolean): ConnectionText | undefined {
  if (isOffline) return offlineText(status)
  const { phase, error } = status
  if (error === undefined || phase === 'connecting' || phase === 'disconnected') return undefined
  // While there is a connection, changes do not stay here for long enough to be lost.
  if (error.code === 'outbox-unavailable') return undefined
  return problems.get(error.code) ?? somethingElse
}

function offlineText({ pending, queued, storage, error }: SyncStatus): ConnectionText {
  const isPage = storage === 'page'
  const unkept = isPage ? pending : pending - queued
  if (unkept > 0 && (isPage || error?.code === 'outbox-failed')) return unsafeText(unkept, isPage)
  if (isPage) return { head: 'You are offline.', more: 'What you change now is lost when this page closes.' }
  if (queued === 0)
    return { head: 'You are offline. Go on working.', more: 'Changes are kept on this device.' }
  const [are, them] = queued === 1 ? ['is', 'it'] : ['are', 'them']
  const risk = `Connect soon: the browser may delete ${them} when the device is short of room.`
  return {
    head: `Offline: ${formatCount(queued, 'change')} ${are} kept on this device.`,
    more: `The server gets ${them} when the connection is back.${storage === 'durable' ? '' : ` ${risk}`}`,
  }
}

function unsafeText(unkept: number, isPage: boolean): ConnectionText {
  const [are, they] = unkept === 1 ? ['is', 'It is'] : ['are', 'They are']
  const why = isPage ? '' : ' It may be full: free some space on it.'
  const lost = `${they} lost when this page closes before the connection is back.`
  return {
    head: 'You are offline. Leave this page open.',
    more: `${formatCount(unkept, 'change')} ${are} not kept on this device.${why} ${lost}`,
  }
}
