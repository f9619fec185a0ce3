import { describe, expect, it } from 'vitest'
import { Misuse } from '../simulator/command-line.ts'
import { readSabotageLine, sabotageHelp } from './command-line.ts'
import { mistakes } from './mistakes.ts'

describe('the command line of the sabotage', () => {
  it('tries all mistakes, or those that it names', () => {
    expect(readSabotageLine(['--sabotage'])).toMatchObject({ mistakes, trial: { firstSeed: 1, runs: 40 } })
    const { mistakes: named, trial } = wishes('--sabotage', 'skip-the-dedupe', '--runs', '5', '--seed', '7')
    expect(named.map(({ name }) => name)).toEqual(['skip-the-dedupe'])
    expect(trial).toMatchObject({ firstSeed: 7, runs: 5, runsMax: 50 })
  })

  it.each([
    [['--sabotage', 'rain'], /does not know rain/],
    [['--sabotage', '--runs', 'many'], /--runs takes a whole number/],
    [['--sabotage', '--faults', 'cuts'], /--sabotage --help/],
  ])('says what is wrong with %j', (args, says) => {
    expect(() => readSabotageLine(args)).toThrow(Misuse)
    expect(() => readSabotageLine(args)).toThrow(says)
  })

  it('explains every mistake', () => {
    for (const { name, why } of mistakes) {
      expect(sabotageHelp()).toContain(name)
      expect(sabotageHelp()).toContain(why)
    }
  })
})

function wishes(...args: readonly string[]) {
  const found = readSabotageLine(args)
  if (found === 'help') throw new Error('It gave its help.')
  return found
}
