import type { History } from './history.ts'
import type { HistoryDevice } from './history-device.ts'
import type { HistoryPage } from './history-page.ts'

/** Sees what happens in a history, when it happens. */
export interface Watcher {
  /** A step has been done, and this page is open. */
  stepped?(page: HistoryPage, history: History): void
  /** A page has been opened without a network, and has read what its device keeps. */
  startedOffline?(device: HistoryDevice, page: HistoryPage): void
}
