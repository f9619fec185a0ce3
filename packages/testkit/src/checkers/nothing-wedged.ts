import { FoldbackError, type Push } from '@foldback/core'
import type { Incident } from '@foldback/engine'
import type { History } from '../workload/history.ts'
import { poison, unstorable } from '../workload/history-models.ts'
import type { WatchedFrame } from '../workload/watcher.ts'
import type { Checker } from './checker.ts'
import { hold, holdEqual } from './promises.ts'

/**
 * Promise 5: everybody gets to the end; what was refused says why, and is there to be looked at until somebody has;
 * an action that cannot be kept or folded harms none but itself.
 */
export class NothingWedged implements Checker {
  readonly promise = 5
  readonly #history: History
  /** By lane and n: actions that no store can keep. */
  readonly #unstorable = new Set<string>()

  constructor(history: History) {
    this.#history = history
  }

  sent({ messages }: WatchedFrame): void {
    for (const message of messages) {
      if (message.type === 'push') this.#notePush(message)
      if (message.type !== 'rejected') continue
      const isAtFault = message.code !== 'unstorable' || this.#unstorable.has(`${message.lane} ${message.n}`)
      hold(5, isAtFault, () => `${message.n} of ${message.lane} was refused for another that cannot be kept`)
      const isTyped = message.code !== '' && message.message !== ''
      hold(5, isTyped, () => `${message.n} of ${message.lane} was refused without a word`)
    }
  }

  #notePush({ lane, n, actions }: Push): void {
    for (const [index, action] of actions.entries())
      if (JSON.stringify(action).includes(`"note":"${unstorable} `))
        this.#unstorable.add(`${lane} ${n + index}`)
  }

  ended(): void {
    const { devices, world, isRestored } = this.#history
    for (const { index, rows } of devices) holdEqual(5, `what device ${index} still keeps`, rows, [])
    for (const incident of world.incidents) checkIncident(incident)
    this.#checkPoison()
    if (isRestored) return
    this.#checkTold()
    this.#checkRejections()
  }

  /** What throws under the next version, where it is recorded, is reported. */
  #checkPoison(): void {
    const { world } = this.#history
    const isNewer = world.serverModels.some(({ version }) => version > 1)
    const isRecorded = world.memory.log.some(({ action }) => action.includes(`"theme":"${poison}"`))
    const isReported = world.incidents.some(({ code }) => code === 'reducer-threw')
    hold(5, !isNewer || !isRecorded || isReported, () => 'a recorded event throws, and nobody was told')
    const isKept = world.memory.log.some(({ action }) => action.includes(`"note":"${unstorable} `))
    hold(5, !isKept, () => 'what cannot be kept is in the log')
  }

  #checkTold(): void {
    for (const { id, page, told } of this.#history.ledger.dispatched.values())
      hold(
        5,
        page.life.isDead || told !== undefined,
        () => `page ${page.number} never heard what became of ${id}`,
      )
  }

  #checkRejections(): void {
    const { devices, ledger } = this.#history
    for (const [id, page] of ledger.refused) {
      if (ledger.dismissed.has(id) || page.sync.status.storage === 'page') continue
      const isKept = devices[page.device]!.rejections.includes(id)
      hold(5, isKept, () => `${id} was refused, and device ${page.device} does not say so any more`)
    }
  }
}

/** Nothing in the engine fails that its store has not made fail. */
function checkIncident({ code, message, cause }: Incident): void {
  const isOfTheStore = cause instanceof FoldbackError
  hold(
    5,
    code !== 'internal' || isOfTheStore,
    () => `the server failed: ${message} ${(cause as Error | undefined)?.stack}`,
  )
}
