import type { RecordView } from '@foldback/engine'
import type { History } from '../workload/history.ts'
import { modelAt } from '../workload/history-models.ts'
import type { Checker } from './checker.ts'
import { PlainFolds } from './plain-folds.ts'
import { hold, holdEqual } from './promises.ts'

/** Promise 1, for who reads from outside a session: what they are told is in the log. */
export class TrueAnswers implements Checker {
  readonly promise = 1
  readonly #folds: PlainFolds

  constructor(history: History) {
    this.#folds = new PlainFolds(history.world.memory)
  }

  answered({ model, id, version, state }: RecordView, modelVersion: number): void {
    const logged = this.#folds.versionOf(model, id)
    hold(1, version <= logged, () => `${model}/${id} is told at ${version}, and is at ${logged} in the log`)
    const fold = this.#folds.stateAt(modelAt(model, modelVersion), id, version)
    holdEqual(1, `the answer about ${model}/${id} ${version}`, state, fold)
  }
}
