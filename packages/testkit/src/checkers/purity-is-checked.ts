import type { History } from '../workload/history.ts'
import type { Checker } from './checker.ts'
import { hold } from './promises.ts'

const impureType = 'board/gambled'

/** Promise 10: in development the reducer that is not pure is named with the action that showed it, and no other is. */
export class PurityIsChecked implements Checker {
  readonly promise = 10
  readonly #history: History
  #isShown = false

  constructor(history: History) {
    this.#history = history
  }

  stepped(): void {
    const { pages, chronicle } = this.#history
    if (this.#isShown || !this.#history.faults.has('development')) return
    this.#isShown = pages.some((page) => page.sync.pending().some(({ type }) => type === impureType))
    if (this.#isShown) chronicle.happened('client: not pure')
  }

  ended(): void {
    const named = this.#history.world.warnings.filter((warning) => warning.includes('Math.random'))
    hold(10, !this.#isShown || named.length > 0, () => `${impureType} threw dice, and nobody was told`)
    for (const warning of this.#history.world.warnings.filter((each) => each.includes('pure')))
      hold(10, warning.includes(impureType), () => `named without a reason: ${warning}`)
  }
}
