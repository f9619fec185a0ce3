import type { Action } from '@foldback/core'
import type { SeededRandom } from '@foldback/testkit'
import { created, deleted, lineAdded, lineRemoved, received, shipped, submitted, written } from './models.ts'

const orderCount = 200
const skuCount = 5
const lineCount = 20
/** More than a page of the database, so that some actions and records spill over. */
const noteLengthMax = 6_000

type Make = (random: SeededRandom) => Action

const orderId = (random: SeededRandom) => `order-${random.below(orderCount)}`
const sku = (random: SeededRandom) => `sku-${random.below(skuCount)}`
const lineId = (random: SeededRandom) => `line-${random.below(lineCount)}`
const note = (random: SeededRandom) => 'n'.repeat(random.below(20) === 0 ? random.below(noteLengthMax) : 20)

/** Each as often as its weight says; which of them the rules refuse, nobody knows beforehand. */
const choices: readonly (readonly [weight: number, make: Make])[] = [
  [20, (random) => created({ id: orderId(random) })],
  [
    40,
    (random) =>
      lineAdded({
        id: orderId(random),
        line: { id: lineId(random), sku: sku(random), quantity: 1 + random.below(9), note: note(random) },
      }),
  ],
  [5, (random) => lineRemoved({ id: orderId(random), line: lineId(random) })],
  [6, (random) => submitted({ id: orderId(random) })],
  [8, (random) => shipped({ id: orderId(random), sku: sku(random), quantity: 1 + random.below(20) })],
  [4, (random) => deleted({ id: orderId(random) })],
  [7, (random) => received({ sku: sku(random), quantity: 1 + random.below(20) })],
  [10, (random) => written(`entry ${random.below(1_000_000)}`)],
]

const weightTotal = choices.reduce((total, [weight]) => total + weight, 0)

/** What somebody might do next. */
export function anyAction(random: SeededRandom): Action {
  let place = random.below(weightTotal)
  for (const [weight, make] of choices) {
    if (place < weight) return make(random)
    place -= weight
  }
  throw new Error('The weights do not add up.')
}
