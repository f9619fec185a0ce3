import type { SyncStatus } from '@foldback/client'

/** A status in words for the user. */
export interface StatusTexts {
  /** Where the connection stands, and how many changes wait. */
  readonly connection: string
  /** What may become of the changes that wait, while that is less than safe. */
  readonly storage: string | undefined
}

/** A status in words: of the connection, and of what waits on this device. */
export function statusTexts(status: SyncStatus): StatusTexts {
  const { pending } = status
  const waiting = pending === 0 ? '' : `, ${pending} waiting`
  return { connection: `${standing(status)}${waiting}`, storage: warning(status) }
}

function standing({ phase, isOutdated }: SyncStatus): string {
  switch (phase) {
    case 'connected':
      return isOutdated ? 'Reload the page to update' : 'Connected'
    case 'connecting':
      return 'Connecting'
    case 'signed-out':
      return 'Sign in to go on'
    case 'failed':
      return 'Not connected'
    case 'idle':
    case 'waiting':
    case 'disconnected':
      return 'Offline'
  }
}

function warning({ phase, pending, queued, storage, error }: SyncStatus): string | undefined {
  // What went wrong has a sentence that says what to do next. Who is to sign in is told so already, and what storage
  // means for somebody is told below, once there is something that it means.
  if (error !== undefined && error.code !== 'outbox-unavailable' && phase !== 'signed-out')
    return error.message
  if (pending === 0 || phase === 'connected' || storage === 'opening' || storage === 'durable')
    return undefined
  return storage === 'page' || queued < pending
    ? 'Keep this page open: what waits is lost when it closes.'
    : 'Connect soon: the browser may delete what waits when the device is short of room.'
}
