import { pino } from 'pino'
import { expect, it } from 'vitest'
import { LimitWatch } from '../limit-watch.ts'
import { metricsOfNothing } from '../test-parts/metrics-of-nothing.ts'
import { SendBuffers } from './send-buffers.ts'

class Reader {
  waitingBytes = 0
  isGivenUp = false
  giveUp(): void {
    this.isGivenUp = true
  }
}

function buffersOf(bytesMax: number) {
  const metrics = metricsOfNothing()
  const buffers = new SendBuffers(bytesMax, new LimitWatch(metrics, pino({ level: 'silent' })))
  const wait = (reader: Reader, bytes: number): void => {
    reader.waitingBytes = bytes
    buffers.changed(reader)
  }
  return { buffers, metrics, wait }
}

it('whoever has most waiting is given up when all together have too much', async () => {
  const { buffers, metrics, wait } = buffersOf(100)
  const [small, large, next] = [new Reader(), new Reader(), new Reader()]
  wait(small, 10)
  wait(large, 80)
  expect(buffers.bytes).toBe(90)
  wait(next, 20)
  expect([small, large, next].map(({ isGivenUp }) => isGivenUp)).toEqual([false, true, false])
  expect(buffers.bytes).toBe(30)
  expect(await metrics.text()).toContain('{limit="bufferedBytesOfAllMax"} 1')
})

it('what has been taken, and who has gone, counts no more', () => {
  const { buffers, wait } = buffersOf(100)
  const [one, other] = [new Reader(), new Reader()]
  wait(one, 60)
  wait(one, 30)
  wait(other, 60)
  buffers.ended(other)
  expect(buffers.bytes).toBe(30)
  wait(one, 0)
  expect(buffers.bytes).toBe(0)
  expect(one.isGivenUp || other.isGivenUp).toBe(false)
})

it('a single reader with too much is given up as well', () => {
  const { buffers, wait } = buffersOf(100)
  const reader = new Reader()
  wait(reader, 101)
  expect(reader.isGivenUp).toBe(true)
  expect(buffers.bytes).toBe(0)
})
