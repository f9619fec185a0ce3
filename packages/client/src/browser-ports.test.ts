import { expect, it } from 'vitest'
import { browserPorts } from './browser-ports.ts'

it('Node gives no hints', () => {
  const hints: string[] = []
  browserPorts.hints!((hint) => hints.push(hint))()
  expect(hints).toEqual([])
})
