import { setAutoFreeze } from 'immer'
import { answerCalls } from '../answering.ts'
import type { Values } from '../measurement.ts'
import { linesPerOrder, OrderWriter, salesOrderSlice, type SalesOrder } from '../model.ts'

/* How many actions a second the reducer folds when there is nothing else to do: they are objects in memory. */

// As Foldback's server folds in production.
setAutoFreeze(false)

const { reducer } = salesOrderSlice
const orderCount = 1_000

answerCalls({
  run({ seconds }: { readonly seconds: number }): Values {
    const writer = new OrderWriter('w00-0000')
    const actions = Array.from({ length: orderCount * (linesPerOrder + 1) }, () => writer.next())
    let count = 0
    const began = performance.now()
    const elapsed = () => (performance.now() - began) / 1_000
    while (elapsed() < seconds) {
      let order: SalesOrder | null = null
      for (const action of actions) order = reducer(action.type.endsWith('created') ? null : order, action)
      count += actions.length
    }
    return { perSecond: count / elapsed() }
  },
})
