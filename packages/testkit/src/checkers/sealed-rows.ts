import type { StampedAction } from '@foldback/core'
import type { DeviceChanges } from '../simulation/simulated-device.ts'

/** An action on a device's disk, with the number in its lane that it has from then on. */
export interface SealedRow {
  readonly lane: string
  readonly n: number
  readonly action: StampedAction
  /** Its user has given it up since. */
  readonly isCancelled: boolean
}

/** What pages have sealed with these changes of their device. */
export function sealedIn(changes: DeviceChanges): readonly SealedRow[] {
  return [...changes].flatMap(([key, value]) => {
    const row = value as unknown as ActionRow | undefined
    if (!key.startsWith('action/') || row?.n === undefined) return []
    const { action, n, isCancelled = false } = row
    return [{ lane: key.split('/')[1]!, n, action, isCancelled }]
  })
}

interface ActionRow {
  readonly action: StampedAction
  readonly n?: number
  readonly isCancelled?: boolean
}
