import { expect, it } from 'vitest'
import { TextBytes } from './text-bytes.ts'

it('gives the bytes of each text, and the very same for one that comes again', () => {
  const texts = new TextBytes()
  const told = ['', 'Größe', 'Größe', '🧾', 'Größe']
  expect(told.map((text) => texts.of(text).toString())).toEqual(told)
  expect(texts.of('Größe')).toBe(texts.of('Größe'))
})
