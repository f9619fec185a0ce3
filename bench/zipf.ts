/** YCSB's: the most popular of a million is chosen 7 times in a hundred. */
const skew = 0.99

/**
 * Chooses numbers below `count` by Zipf's law, after "Quickly Generating Billion-Record Synthetic Databases" (Gray et
 * al. 1994). Which number is how popular is scattered over all of them, as it is in life.
 */
export class Zipf {
  readonly #count: number
  readonly #sum: number
  readonly #firstTwo: number
  readonly #eta: number
  readonly #stride: number

  constructor(count: number) {
    this.#count = count
    this.#sum = sumOf(count)
    this.#firstTwo = 1 + 0.5 ** skew
    this.#eta = (1 - (2 / count) ** (1 - skew)) / (1 - sumOf(2) / this.#sum)
    this.#stride = strideOf(count)
  }

  next(): number {
    return (this.#rank() * this.#stride) % this.#count
  }

  /** 0 is the most popular. */
  #rank(): number {
    const part = Math.random()
    const share = part * this.#sum
    if (share < 1) return 0
    if (share < this.#firstTwo) return 1
    return Math.floor(this.#count * (this.#eta * part - this.#eta + 1) ** (1 / (1 - skew)))
  }
}

function sumOf(count: number): number {
  let sum = 0
  for (let rank = 1; rank <= count; rank++) sum += 1 / rank ** skew
  return sum
}

/** Has no divisor in common with `count`, so that each number is met once. */
function strideOf(count: number): number {
  let stride = Math.floor(count * 0.618) | 1
  while (divisorOf(stride, count) !== 1) stride += 2
  return stride
}

function divisorOf(a: number, b: number): number {
  return b === 0 ? a : divisorOf(b, a % b)
}
