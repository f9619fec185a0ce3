import { VirtualClock } from '@foldback/testkit'
import { expect, it } from 'vitest'
import { Deadlines, type Mortal } from './deadlines.ts'

const everyMsMin = 100

function begun() {
  const clock = new VirtualClock()
  const deadlines = new Deadlines(clock, everyMsMin)
  const start = clock.now()
  const ended: [name: string, afterMs: number][] = []
  /** Ends once, so many milliseconds from now, unless it is put off. */
  const mortal = (name: string, delayMs: number) => {
    const each = {
      endsAt: clock.now() + delayMs,
      look() {
        if (clock.now() < this.endsAt) return this.endsAt - clock.now()
        ended.push([name, clock.now() - start])
        deadlines.delete(each)
        return Infinity
      },
    } satisfies Mortal & { endsAt: number }
    deadlines.add(each, delayMs)
    return each
  }
  const pass = (ms: number): void => {
    const until = clock.now() + ms
    while ((clock.nextAt ?? Infinity) <= until) clock.step()
    clock.moveTo(until)
  }
  return { clock, deadlines, ended, mortal, pass }
}

it('ends each when its time has come, and whoever ends soon after another a little later', () => {
  const { ended, mortal, pass } = begun()
  mortal('late', 5_000)
  mortal('early', 1_000)
  mortal('right behind', 1_010)
  pass(10_000)
  expect(ended).toEqual([
    ['early', 1_000],
    ['right behind', 1_100],
    ['late', 5_000],
  ])
})

it('one that was put off in time goes on, and ends when it should then', () => {
  const { ended, mortal, pass } = begun()
  const each = mortal('one', 1_000)
  pass(900)
  each.endsAt += 900
  pass(10_000)
  expect(ended).toEqual([['one', 1_900]])
})

it('one whose time has become shorter does not wait for the others', () => {
  const { deadlines, ended, mortal, pass } = begun()
  mortal('other', 60_000)
  const each = mortal('one', 60_000)
  pass(500)
  each.endsAt -= 59_000
  deadlines.lookIn(500)
  pass(500)
  expect(ended).toEqual([['one', 1_000]])
})

it('however many there are, there is one timer', () => {
  const { clock, mortal } = begun()
  let timers = 0
  const after = clock.after.bind(clock)
  clock.after = (delayMs, run) => {
    timers++
    return after(delayMs, run)
  }
  for (let index = 0; index < 1_000; index++) mortal(String(index), 1_000 + index)
  expect(timers).toBe(1)
})

it('nobody left means no timer left', () => {
  const { clock, deadlines, mortal } = begun()
  const before = clock.nextAt
  const each = mortal('one', 1_000)
  expect(clock.nextAt).not.toBe(before)
  deadlines.delete(each)
  expect(clock.nextAt).toBe(before)
})

it('one that never ends waits for nothing', () => {
  const { clock, deadlines } = begun()
  const before = clock.nextAt
  deadlines.add({ look: () => Infinity }, Infinity)
  expect(clock.nextAt).toBe(before)
})
