import type { DownMessage, UpMessage } from '@foldback/core'
import type { AppendBatch, RecordView, UnitOutcome } from '@foldback/engine'
import type { DeviceChanges } from '../simulation/simulated-device.ts'
import type { Conversation } from './conversation.ts'
import type { HistoryDevice } from './history-device.ts'
import type { HistoryPage } from './history-page.ts'

export type WatchedFrame =
  | { readonly direction: 'up'; readonly conversation: Conversation; readonly messages: readonly UpMessage[] }
  | {
      readonly direction: 'down'
      readonly conversation: Conversation
      readonly messages: readonly DownMessage[]
    }

/** Sees what happens in a history, when it happens. */
export interface Watcher {
  /** A frame leaves; it may never arrive. */
  sent?(frame: WatchedFrame): void
  /** A frame has arrived. */
  arrived?(frame: WatchedFrame): void
  /** Somebody has read a record from outside a session, of a server with this version of the model. */
  answered?(record: RecordView, modelVersion: number): void
  /** A batch has become durable, as far as the outcomes say. Nobody has been answered yet. */
  appended?(batch: AppendBatch, outcomes: readonly UnitOutcome[]): void
  /** The store has rejected a batch, and has written nothing of it. */
  appendFailed?(batch: AppendBatch): void
  /** The log has been put back to what it was at a backup. */
  restored?(): void
  /** These rows have reached the disk of a device. */
  synced?(changes: DeviceChanges): void
  /** A page is opened on a device, beside the pages that the device has. */
  opened?(page: HistoryPage, device: HistoryDevice): void
  /** A step has been done, and this page is open. */
  stepped?(page: HistoryPage): void
  /** A page has been opened without a network, and has read what its device keeps. */
  startedOffline?(device: HistoryDevice, page: HistoryPage): void
}
