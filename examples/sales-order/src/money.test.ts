import { describe, expect, it } from 'vitest'
import { formatCents, formatCount, parseCents, parseQuantity } from './money.ts'

describe('parseCents', () => {
  it.each([
    ['12.50', 1250],
    ['12,5', 1250],
    ['12', 1200],
    [' 1 200.07 ', 120007],
    ['€ 0.1', 10],
    ['0', 0],
  ])('reads %j as %d cents', (text, cents) => expect(parseCents(text)).toBe(cents))

  it.each(['', 'abc', '1.234', '1,234.50', '-1', '1e3', '.5', '12.'])(
    'does not guess what %j means',
    (text) => expect(parseCents(text)).toBeNaN(),
  )
})

describe('parseQuantity', () => {
  it('takes whole numbers only', () => {
    expect(parseQuantity(' 1 000 ')).toBe(1000)
    expect(parseQuantity('1.5')).toBeNaN()
    expect(parseQuantity('')).toBeNaN()
  })
})

it('writes amounts and counts for people', () => {
  expect(formatCents(123456789)).toBe('€1,234,567.89')
  expect(formatCount(1, 'order')).toBe('1 order')
  expect(formatCount(2000, 'order')).toBe('2,000 orders')
})
