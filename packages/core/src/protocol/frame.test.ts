import { expect, it } from 'vitest'
import { decodeFrame, encodeFrame } from './frame.ts'

it('carries messages in order', () => {
  const messages = [{ type: 'gone', model: 'order', id: '1' }, { type: 'x' }]
  expect(decodeFrame(encodeFrame(messages.map((message) => JSON.stringify(message))))).toEqual(messages)
  expect(decodeFrame(encodeFrame([]))).toEqual([])
})

it.each(['', 'no', '{}', '"[]"', 'null', '1', '[1', '[1]]'])('takes %j for no frame', (text) => {
  expect(decodeFrame(text)).toBeUndefined()
})
