import type { SyncStatus as Status } from '@foldback/client'
import { createElement, Fragment, type ReactNode } from 'react'
import { statusTexts } from './status-texts.ts'
import { useSyncStatus } from './use-sync-status.ts'

export interface SyncStatusProps {
  /** @default 'foldback-status' */
  readonly className?: string
  /** Makes what is shown, in the place of the English words. */
  readonly children?: (status: Status) => ReactNode
}

/**
 * Tells the user where the connection stands and what waits, without any style: a live region (`role="status"`) with
 * `data-phase`, `data-storage`, and, while something waits, `data-pending`, for selectors of one's own.
 *
 * @example <SyncStatus />
 * @example <SyncStatus>{({ phase, pending }) => <Badge isOnline={phase === 'connected'} count={pending} />}</SyncStatus>
 */
export function SyncStatus({
  className = 'foldback-status',
  children = inWords,
}: SyncStatusProps): ReactNode {
  const status = useSyncStatus()
  const { phase, pending, storage } = status
  return createElement(
    'div',
    {
      role: 'status',
      className,
      'data-phase': phase,
      'data-storage': storage,
      'data-pending': pending === 0 ? undefined : pending,
    },
    children(status),
  )
}

function inWords(status: Status): ReactNode {
  const { connection, storage } = statusTexts(status)
  return createElement(
    Fragment,
    null,
    createElement('span', { className: 'foldback-status-connection' }, connection),
    storage && createElement('span', { className: 'foldback-status-storage' }, ` ${storage}`),
  )
}
