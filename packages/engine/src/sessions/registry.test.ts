import { expect, it } from 'vitest'
import { Registry } from './delivery.ts'

const [ann, bob] = [{ name: 'ann' }, { name: 'bob' }]

it('knows who is there, one or many, each once for each key', () => {
  const registry = new Registry<object>()
  expect([...registry.of('a')]).toEqual([])
  for (const member of [ann, ann, bob, bob]) registry.add('a', member)
  registry.add('b', ann)
  expect([...registry.of('a')]).toEqual([ann, bob])
  expect([...registry.of('b')]).toEqual([ann])
  expect(registry.size).toBe(3)
})

it('forgets a key with its last member, and nobody who is not there', () => {
  const registry = new Registry<object>()
  registry.add('a', ann)
  registry.delete('a', bob)
  registry.delete('b', ann)
  expect([...registry.of('a')]).toEqual([ann])
  registry.add('a', bob)
  registry.delete('a', ann)
  expect([...registry.of('a')]).toEqual([bob])
  registry.delete('a', bob)
  expect([registry.has('a'), registry.size]).toEqual([false, 0])
})
