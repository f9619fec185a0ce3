import type { SeededRandom } from '../simulation/seeded-random.ts'
import { type Fault, faultInfo, type Weighted } from './faults.ts'
import { orderIds } from './history-models.ts'
import type { ActionKind, OnPage, Step, StorageState } from './steps.ts'

/** Mostly as long as a few frames, or as a few steps of a storage; now and then as all that is under way. */
const waitMsBounds = [60, 60, 60, 15, 15, 1_200]

const usualKinds: Weighted<ActionKind> = [
  [4, 'created'],
  [8, 'line'],
  [2, 'refused'],
  [2, 'enriched'],
  [1, 'deleted'],
  [3, 'noted'],
  [3, 'themed'],
]
const kindsWith: { readonly [Name in Fault]?: Weighted<ActionKind> } = {
  rights: [
    [5, 'hidden'],
    [2, 'hidden enriched'],
  ],
  'large-actions': [[2, 'large']],
  typing: [[20, 'titled']],
  deploys: [[1, 'poison']],
  unstorable: [[2, 'unstorable']],
  development: [[1, 'gambled']],
}
/** Mostly one, now and then as many as a click in a bulk editor makes. */
const timesDrawn = [1, 1, 1, 1, 1, 2, 5]
/** Around what a frame of 3000 bytes can take. */
const largeLengths = [200, 2_500, 2_650, 2_760, 2_900]
/** A few of them make a record of more than 1200 bytes. */
const longLineLengths = [10, 250, 600]

const usualSteps: Weighted<Step['do']> = [
  [45, 'dispatch'],
  [10, 'foreign'],
  [23, 'wait'],
  [4, 'read'],
]
const storageStates: readonly StorageState[] = [
  'works',
  'works',
  'fails now and then',
  'fails now and then',
  'is full',
  'never opens',
  'does not open',
]

/** Draws the steps of a history with these faults. */
export class StepSource {
  readonly #random: SeededRandom
  readonly #hasRights: boolean
  readonly #hasLongLines: boolean
  readonly #clients: number
  readonly #kinds: Weighted<ActionKind>
  readonly #steps: Weighted<Step['do']>

  constructor(random: SeededRandom, present: ReadonlySet<Fault>) {
    this.#random = random
    this.#hasRights = present.has('rights')
    this.#hasLongLines = present.has('large-records')
    this.#clients = present.has('many-clients') ? 8 : 3
    this.#kinds = [...usualKinds, ...[...present].flatMap((fault) => kindsWith[fault] ?? [])]
    this.#steps = [...usualSteps, ...[...present].flatMap((fault) => faultInfo(fault).steps ?? [])]
  }

  next(): Step {
    const client = this.#random.below(this.#clients)
    const page = { client, tab: this.#random.below(3) }
    const name = this.#drawn(this.#steps)
    switch (name) {
      case 'dispatch':
        return this.#dispatch(page)
      case 'foreign':
        return { do: 'foreign', order: this.#order(), ...(this.#random.below(2) === 0 && this.#hiddenFrom()) }
      case 'wait':
        return { do: 'wait', ms: this.#random.below(this.#oneOf(waitMsBounds)) }
      case 'read':
        return { do: name, order: this.#order() }
      case 'keyed':
        return { do: name, key: this.#random.below(4) }
      case 'crash':
        return { do: name, how: this.#oneOf(['process', 'power']) }
      case 'disk':
        return { do: name, disk: this.#oneOf(['works', 'works', 'slow', 'stuck', 'full']) }
      case 'mislead all':
        return { do: name, way: this.#oneOf(['both', 'both', 'up', 'down']) }
      case 'slow down':
        return { do: name, client, isSlow: this.#random.below(3) > 0 }
      case 'cut all':
      case 'storm':
      case 'take over':
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
    const times = this.#oneOf(timesDrawn)
    return {
      do: 'dispatch',
      ...page,
      order: this.#order(),
      kind,
      ...this.#hiddenFrom(),
      ...(times > 1 && { times }),
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
