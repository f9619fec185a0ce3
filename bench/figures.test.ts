import { describe, expect, it } from 'vitest'
import { spreadOf } from './contest.ts'
import { figures, isMet, valueIn } from './figures.ts'
import { compared, comparisonSentence } from './guard.ts'
import { measurements } from './measurements/all.ts'
import { chartedMeasurements } from './report/charts.ts'
import type { Results } from './results.ts'
import { guarded, missingPackages, selected } from './selection.ts'

const names = new Set(measurements.map(({ name }) => name))

it.each(figures)('$key is made of what is measured', ({ parts }) => {
  expect(parts.map(({ measurement }) => measurement).filter((name) => !names.has(name))).toEqual([])
})

it('the charts show what is measured', () => {
  expect(chartedMeasurements.filter((name) => !names.has(name))).toEqual([])
})

it('no two measurements have one name', () => {
  expect(names.size).toBe(measurements.length)
})

it('a figure is computed from what was measured in one round', () => {
  const figure = figures.find(({ key }) => key === 'rtt_vs_floor')!
  const measured = new Map([
    ['Foldback, one at a time', { p50Microseconds: 120 }],
    ['ws echo, one at a time', { p50Microseconds: 20 }],
  ])
  expect(valueIn(measured, figure)).toBeUndefined()
  measured.set('One fdatasync', { p50Microseconds: 80 })
  expect(valueIn(measured, figure)).toBe(1.2)
  expect([isMet(1.2, figure.target), isMet(1.3, figure.target)]).toEqual([true, false])
})

describe('the guard', () => {
  /** What a run would keep of this. */
  const keptOf = (figure: string, value: number) =>
    ({ figures: { [figure]: spreadOf([value]) } }) as Partial<Results>
  const roundOf = (foldback: number, echo: number) =>
    new Map([
      ['Foldback, one action per frame', { perSecond: foldback, serverCpuMicroseconds: 15 }],
      ['ws echo', { perSecond: echo }],
    ])
  const verdict = (kept: Partial<Results>, ...rounds: ReturnType<typeof roundOf>[]) =>
    compared(rounds, kept as Results).map(({ figure, isTooBad }) => [figure.key, isTooBad])

  it('lets pass what is up to 40 % worse than what is kept, and no more', () => {
    const kept = keptOf('durable_vs_echo', 1.4)
    expect(verdict(kept, roundOf(100, 100))).toEqual([['durable_vs_echo', false]])
    expect(verdict(kept, roundOf(99, 100))).toEqual([['durable_vs_echo', true]])
  })

  it('takes the best of the rounds', () => {
    const kept = keptOf('durable_vs_echo', 1.4)
    expect(verdict(kept, roundOf(10, 100), roundOf(120, 100))).toEqual([['durable_vs_echo', false]])
  })

  it('knows that less is better where a target is an upper bound', () => {
    const round = new Map([
      ['Foldback, idle connections', { bytesPerConnection: 300 }],
      ['ws, idle connections', { bytesPerConnection: 100 }],
    ])
    expect(compared([round], keptOf('memory_per_idle_vs_ws', 2.2) as Results)[0]!.isTooBad).toBe(false)
    expect(compared([round], keptOf('memory_per_idle_vs_ws', 2.1) as Results)[0]!.isTooBad).toBe(true)
  })

  it('does not compare what another machine does otherwise', () => {
    expect(verdict(keptOf('server_cpu_us_per_action', 1), roundOf(100, 100))).toEqual([])
  })

  it('says how much worse it is', () => {
    const [comparison] = compared([roundOf(50, 100)], keptOf('durable_vs_echo', 1) as Results)
    expect(comparisonSentence(comparison!)).toBe('WORSE durable_vs_echo: at best 100 % worse than the kept 1')
  })

  it('needs none of the peers', () => {
    expect(guarded(measurements).filter(({ packages }) => packages !== undefined)).toEqual([])
  })
})

describe('what is asked for', () => {
  const namesOf = (...only: string[]) => selected(measurements, only).map(({ name }) => name)

  it('is everything, or what a figure is made of, or what is called so', () => {
    expect(namesOf()).toHaveLength(measurements.length)
    expect(namesOf('vs_logux')).toEqual(['Foldback, one action per frame', 'Logux'])
    expect(namesOf('BROADCAST', 'socket.io')).toEqual(['Socket.IO echo', 'ws broadcast'])
  })

  it('must be something', () => {
    expect(() => namesOf('latency')).toThrow('No figure and no measurement is called latency.')
  })

  it('is left out where a package is missing', () => {
    const [any] = measurements
    expect(missingPackages({ ...any!, packages: ['ws', 'foldback-has-no-such-package'] })).toEqual([
      'foldback-has-no-such-package',
    ])
  })
})
