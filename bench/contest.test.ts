import { expect, it } from 'vitest'
import { runContest, spreadOf } from './contest.ts'
import type { Measurement } from './measurement.ts'

const scale = { name: 'quick', seconds: 0, warmUpSeconds: 0, folder: '.' } as const
const options = { scale, roundCount: 3, progress: () => {} }

/** Notes everything that is done with it. */
function noting(name: string, notes: string[], round = async () => ({ perSecond: 1 })): Measurement {
  return {
    name,
    about: '',
    prepare: async () => void notes.push(`prepare ${name}`),
    round: () => {
      notes.push(name)
      return round()
    },
    close: async () => void notes.push(`close ${name}`),
  }
}

it('goes backwards in every second round, so that nothing always follows the same neighbour', async () => {
  const notes: string[] = []
  await runContest([noting('a', notes), noting('b', notes)], options)
  expect(notes.join(', ')).toBe('prepare a, prepare b, a, b, b, a, a, b, close a, close b')
})

it('leaves out what has failed, says why, and goes on with the rest', async () => {
  const notes: string[] = []
  const broken = noting('a', notes, () => Promise.reject(new Error('no such disk\nsomewhere')))
  const { rounds, failures } = await runContest([broken, noting('b', notes)], options)
  expect([...failures]).toEqual([['a', 'no such disk']])
  expect(rounds.map((round) => [...round.keys()])).toEqual([['b'], ['b'], ['b']])
  expect(notes.filter((note) => note === 'a')).toHaveLength(1)
  expect(notes).toContain('close a')
})

it('tells the median, and the lowest and highest beside it', () => {
  expect(spreadOf([3, 10, 1])).toEqual({ median: 3, lowest: 1, highest: 10 })
  expect(spreadOf([4, 1, 2, 3])).toEqual({ median: 2.5, lowest: 1, highest: 4 })
})
