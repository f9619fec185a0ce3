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
] as const
export type Feature = (typeof features)[number]

export type Step =
  | DispatchStep
  | { readonly do: 'foreign'; readonly order: number; readonly hiddenFrom?: string }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'crash' | 'cut all' | 'mislead all' | 'back up' | 'restore' | 'deploy' }
  | { readonly do: 'offline' | 'online'; readonly client: number }
  | { readonly do: 'subscribe' | 'unsubscribe'; readonly client: number; readonly order: Subscribed }
  | { readonly do: 'log in'; readonly client: number; readonly user: string }

export interface DispatchStep {
  readonly do: 'dispatch'
  readonly client: number
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

/** One order by its number, or all of them. */
export type Subscribed = number | 'all'

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
const longLineLengths = [10, 250, 450]

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
}

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
    ]
    this.#steps = [...usualSteps, ...[...present].flatMap((feature) => featureSteps[feature] ?? [])]
  }

  next(): Step {
    const client = this.#random.below(3)
    const name = this.#drawn(this.#steps)
    switch (name) {
      case 'dispatch':
        return this.#dispatch(client)
      case 'foreign':
        return { do: 'foreign', order: this.#order(), ...(this.#random.below(2) === 0 && this.#hiddenFrom()) }
      case 'wait':
        return { do: 'wait', ms: this.#random.below(this.#random.below(6) === 0 ? 400 : 60) }
      case 'crash':
      case 'cut all':
      case 'mislead all':
      case 'back up':
      case 'restore':
      case 'deploy':
        return { do: name }
      case 'offline':
      case 'online':
        return { do: name, client }
      case 'subscribe':
      case 'unsubscribe':
        return { do: name, client, order: this.#random.below(4) === 0 ? 'all' : this.#order() }
      case 'log in':
        return { do: 'log in', client, user: this.#oneOf(['ann', 'bob']) }
    }
  }

  #dispatch(client: number): Step {
    const kind = this.#drawn(this.#kinds)
    return {
      do: 'dispatch',
      client,
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
