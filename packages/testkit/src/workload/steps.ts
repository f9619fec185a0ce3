import type { CrashKind } from '../simulation/simulated-disk.ts'
import type { Way } from '../simulation/simulated-network.ts'

export type Step = WorldStep | DeviceStep | PageStep

/** Happens to the server, the network, or somebody else. */
export type WorldStep =
  | { readonly do: 'foreign'; readonly order: number; readonly hiddenFrom?: string }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'read'; readonly order: number }
  | { readonly do: 'keyed'; readonly key: number }
  | { readonly do: 'crash'; readonly how: CrashKind }
  | { readonly do: 'disk'; readonly disk: 'works' | 'slow' | 'stuck' | 'full' }
  | { readonly do: 'mislead all'; readonly way: Way }
  | { readonly do: 'cut all' | 'storm' | 'take over' | 'back up' | 'restore' | 'deploy' }

/** Happens to a device, with all its pages. */
export type DeviceStep =
  | { readonly do: 'power cut' | 'open tab' | 'start offline' | 'network up'; readonly client: number }
  | { readonly do: 'storage'; readonly client: number; readonly storage: StorageState }
  | { readonly do: 'slow down'; readonly client: number; readonly isSlow: boolean }

/** Happens to a page. */
export type PageStep =
  | DispatchStep
  | (OnPage & {
      readonly do: 'offline' | 'online' | 'reload' | 'close tab' | 'freeze' | 'wake' | 'sign out'
    })
  | (OnPage & { readonly do: 'subscribe' | 'unsubscribe'; readonly order: Subscribed })
  | (OnPage & { readonly do: 'log in'; readonly user: string })
  | (OnPage & { readonly do: 'discard' | 'edit' | 'retry' | 'dismiss'; readonly which: number })

const deviceSteps: readonly Step['do'][] = [
  'power cut',
  'open tab',
  'start offline',
  'network up',
  'storage',
  'slow down',
]

export function isDeviceStep(step: DeviceStep | PageStep): step is DeviceStep {
  return deviceSteps.includes(step.do)
}

/** On which device, and on which of its pages: the newest when it is left out. */
export interface OnPage {
  readonly client: number
  readonly tab?: number
}

/** How a device's storage is from now on. */
export type StorageState = 'works' | 'fails now and then' | 'is full' | 'never opens' | 'does not open'

export interface DispatchStep extends OnPage {
  readonly do: 'dispatch'
  readonly order: number
  readonly kind: ActionKind
  /** Whom a created or hidden order is hidden from. */
  readonly hiddenFrom?: string
  /** Bytes of a large action, about. */
  readonly length?: number
  /** How often, in one go. @default once */
  readonly times?: number
}

export type ActionKind =
  | 'created'
  | 'line'
  | 'refused'
  | 'enriched'
  | 'deleted'
  | 'noted'
  | 'themed'
  | 'hidden'
  | 'hidden enriched'
  | 'large'
  | 'titled'
  | 'gambled'
  | 'poison'
  | 'unstorable'

/** One order by its number, or all of them. */
export type Subscribed = number | 'all'
