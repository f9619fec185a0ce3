import { expect, it } from 'vitest'
import { FrameMemo } from './frame-memo.ts'

it('makes the frame of what each session is told, whoever was told what before', () => {
  const frames = new FrameMemo()
  const told = [['1'], ['1'], ['2'], ['1', '2'], ['2'], [], ['1']]
  expect(told.map((messages) => frames.frameOf(messages))).toEqual(
    told.map((messages) => `[${messages.join(',')}]`),
  )
})
