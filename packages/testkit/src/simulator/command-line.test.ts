import { describe, expect, it } from 'vitest'
import { faultNames } from '../workload/faults.ts'
import { helpText, Misuse, readCommandLine } from './command-line.ts'
import { replayCommand } from './failure-text.ts'

describe('the command line', () => {
  it('lives through some histories when nothing is said, and through one when its seed is', () => {
    expect(readCommandLine([])).toMatchObject({ seed: 1, runs: 100, faults: undefined, only: undefined })
    expect(readCommandLine(['--seed', '7'])).toMatchObject({ seed: 7, runs: 1 })
    expect(readCommandLine(['--seed', '7', '--runs', '9'])).toMatchObject({ seed: 7, runs: 9 })
    expect(readCommandLine(['--seconds', '9'])).toMatchObject({ runs: undefined, seconds: 9 })
  })

  it('takes faults by their names, or none', () => {
    expect(readCommandLine(['--faults', 'tabs,cuts'])).toMatchObject({ faults: ['cuts', 'tabs'] })
    expect(readCommandLine(['--faults', 'none'])).toMatchObject({ faults: [] })
  })

  it.each([
    [['--rnus', '3'], /--help/],
    [['--runs', 'many'], /--runs takes a whole number from 1 on, not “many”/],
    [['--faults', 'tabs,rain'], /does not know rain.* some of: crashes/],
    [['--runs', '3', '--seconds', '3'], /not both/],
    [['--runs', '3', '--only', '1'], /give its --seed/],
    [['7'], /--help/],
  ])('says what is wrong with %j', (args, says) => {
    expect(() => readCommandLine(args)).toThrow(Misuse)
    expect(() => readCommandLine(args)).toThrow(says)
  })

  it('explains every fault', () => {
    for (const name of faultNames) expect(helpText()).toContain(`  ${name}`)
  })

  it('is what a failure prints to be replayed', () => {
    const options = { faults: ['cuts'], steps: 20, only: [3, 7], without: [] } as const
    const command = replayCommand(5, options)
    expect(command).toBe(`npm run simulate -- --seed 5 --faults cuts --steps 20 --only '3,7'`)
    const args = command.replaceAll("'", '').split(' ').slice(4)
    expect(readCommandLine(args)).toMatchObject({ seed: 5, runs: 1, ...options })
    expect(readCommandLine(['--seed', '5', '--only', ''])).toMatchObject({ only: [] })
  })
})
