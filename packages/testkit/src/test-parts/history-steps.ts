import type { SeededRandom } from '../simulation/seeded-random.ts'
import { orderIds } from './history-models.ts'

/** What may go wrong, or be tight, in a history. */
export const features = [
  'rejected appends',
  'unknown appends',
  'failing reads',
  'slow readers',
  'rights',
  'subscriptions',
  'a short queue',
  'large actions',
  'large records',
  'other users',
  'one cached lane',
  'restored backups',
  'misleading connections',
  'expiring logins',
  'frequent checks',
  'a deploy',
  'reloads',
  'tabs',
  'frozen pages',
  'failing outboxes',
  'typing',
  'discards',
  'retries',
  'sign out',
  'offline starts',
] as const
export type Feature = (typeof features)[number]

export type Step = WorldStep | DeviceStep | PageStep

/** Happens to the server, the network, or somebody else. */
export type WorldStep =
  | { readonly do: 'foreign'; readonly order: number; readonly hiddenFrom?: string }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'crash' | 'cut all' | 'mislead all' | 'back up' | 'restore' | 'deploy' }

/** Happens to a device, with all its pages. */
export type DeviceStep =
  | { readonly do: 'power cut' | 'open tab' | 'start offline' | 'network up'; readonly client: number }
  | { readonly do: 'storage'; readonly client: number; readonly storage: StorageState }

/** Happens to a page. */
export type PageStep =
  | DispatchStep
  | (OnPage & {
      readonly do: 'offline' | 'online' | 'reload' | 'close tab' | 'freeze' | 'wake' | 'sign out'
    })
  | (OnPage & { readonly do: 'subscribe' | 'unsubscribe'; readonly order: Subscribed })
  | (OnPage & { readonly do: 'log in'; readonly user: string })
  | (OnPage & { readonly do: 'discard' | 'edit' | 'retry' | 'dismiss'; readonly which: number })

const deviceSteps: readonly Step['do'][] = ['power cut', 'open tab', 'start offline', 'network up', 'storage']

export function isDeviceStep(step: DeviceStep | PageStep): step is DeviceStep {
  return deviceSteps.includes(step.do)
}

/** On which device, and on which of its pages: the newest when it is left out. */
interface OnPage {
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

/** One order by its number, or all of them. */
export type Subscribed = number | 'all'

/** Mostly as long as a few frames, or as a few steps of a storage; now and then as all that is under way. */
const waitMsBounds = [60, 60, 60, 15, 15, 1_200]

/** How often each of these comes, beside the others. */
type Weighted<Value> = readonly (readonly [weight: number, value: Value])[]

const usualKinds: Weighted<ActionKind> = [
  [2, 'created'],
  [3, 'line'],
  [1, 'refused'],
  [1, 'enriched'],
  [1, 'deleted'],
  [1, 'noted'],
  [1, 'themed'],
]
const rightsKinds: Weighted<ActionKind> = [
  [2, 'hidden'],
  [1, 'hidden enriched'],
]
/** Around what a frame of 3000 bytes can take. */
const largeLengths = [200, 2_500, 2_650, 2_760, 2_900]
/** A few of them make a record of more than 1200 bytes. */
const longLineLengths = [10, 250, 600]

const usualSteps: Weighted<Step['do']> = [
  [45, 'dispatch'],
  [10, 'foreign'],
  [23, 'wait'],
  [2, 'crash'],
  [3, 'offline'],
  [4, 'online'],
  [2, 'cut all'],
]
const featureSteps: { readonly [Name in Feature]?: Weighted<Step['do']> } = {
  subscriptions: [
    [4, 'subscribe'],
    [4, 'unsubscribe'],
  ],
  'other users': [[2, 'log in']],
  'misleading connections': [[4, 'mislead all']],
  'restored backups': [
    [1, 'back up'],
    [1, 'restore'],
  ],
  'a deploy': [[2, 'deploy']],
  reloads: [
    [5, 'reload'],
    [1, 'power cut'],
  ],
  tabs: [
    [3, 'open tab'],
    [3, 'close tab'],
  ],
  'frozen pages': [
    [3, 'open tab'],
    [5, 'freeze'],
    [5, 'wake'],
  ],
  'failing outboxes': [
    [5, 'storage'],
    [2, 'reload'],
  ],
  discards: [
    [4, 'discard'],
    [2, 'edit'],
  ],
  retries: [
    [4, 'retry'],
    [1, 'dismiss'],
    [2, 'reload'],
  ],
  'sign out': [
    [2, 'sign out'],
    [2, 'log in'],
    [2, 'online'],
  ],
  'offline starts': [
    [3, 'start offline'],
    [3, 'network up'],
  ],
}
const storageStates: readonly StorageState[] = [
  'works',
  'works',
  'fails now and then',
  'fails now and then',
  'is full',
  'never opens',
  'does not open',
]

/** Draws the steps of a history with these features. */
export class StepSource {
  readonly #random: SeededRandom
  readonly #hasRights: boolean
  readonly #hasLongLines: boolean
  readonly #kinds: Weighted<ActionKind>
  readonly #steps: Weighted<Step['do']>

  constructor(random: SeededRandom, present: ReadonlySet<Feature>) {
    this.#random = random
    this.#hasRights = present.has('rights')
    this.#hasLongLines = present.has('large records')
    this.#kinds = [
      ...usualKinds,
      ...(this.#hasRights ? rightsKinds : []),
      ...(present.has('large actions') ? ([[1, 'large']] as const) : []),
      ...(present.has('typing') ? ([[8, 'titled']] as const) : []),
    ]
    this.#steps = [...usualSteps, ...[...present].flatMap((feature) => featureSteps[feature] ?? [])]
  }

  next(): Step {
    const client = this.#random.below(3)
    const page = { client, tab: this.#random.below(3) }
    const name = this.#drawn(this.#steps)
    switch (name) {
      case 'dispatch':
        return this.#dispatch(page)
      case 'foreign':
        return { do: 'foreign', order: this.#order(), ...(this.#random.below(2) === 0 && this.#hiddenFrom()) }
      case 'wait':
        return { do: 'wait', ms: this.#random.below(this.#oneOf(waitMsBounds)) }
      case 'crash':
      case 'cut all':
      case 'mislead all':
      case 'back up':
      case 'restore':
      case 'deploy':
        return { do: name }
      case 'power cut':
      case 'open tab':
      case 'start offline':
      case 'network up':
        return { do: name, client }
      case 'offline':
      case 'online':
      case 'reload':
      case 'close tab':
      case 'freeze':
      case 'wake':
      case 'sign out':
        return { do: name, ...page }
      case 'subscribe':
      case 'unsubscribe':
        return { do: name, ...page, order: this.#random.below(4) === 0 ? 'all' : this.#order() }
      case 'log in':
        return { do: name, ...page, user: this.#oneOf(['ann', 'bob']) }
      case 'discard':
      case 'edit':
      case 'retry':
      case 'dismiss':
        return { do: name, ...page, which: this.#random.below(6) }
      case 'storage':
        return { do: name, client, storage: this.#oneOf(storageStates) }
    }
  }

  #dispatch(page: OnPage): Step {
    const kind = this.#drawn(this.#kinds)
    return {
      do: 'dispatch',
      ...page,
      order: this.#order(),
      kind,
      ...this.#hiddenFrom(),
      ...(kind === 'large' && { length: this.#oneOf(largeLengths) }),
      ...(kind === 'line' && this.#hasLongLines && { length: this.#oneOf(longLineLengths) }),
    }
  }

  #hiddenFrom(): { hiddenFrom?: string } {
    return this.#hasRights ? { hiddenFrom: this.#oneOf(['', 'ann', 'bob']) } : {}
  }

  #order(): number {
    return this.#random.below(orderIds.length)
  }

  #oneOf<Value>(values: readonly Value[]): Value {
    return values[this.#random.below(values.length)]!
  }

  #drawn<Value>(choices: Weighted<Value>): Value {
    const total = choices.reduce((sum, [weight]) => sum + weight, 0)
    let left = this.#random.below(total)
    return choices.find(([weight]) => (left -= weight) < 0)![1]
  }
}
