const amount = new Intl.NumberFormat('en', { style: 'currency', currency: 'EUR' })
const number = new Intl.NumberFormat('en')

export const formatCents = (cents: number) => amount.format(cents / 100)
export const formatNumber = (value: number) => number.format(value)
export const formatCount = (count: number, one: string, many = `${one}s`) =>
  `${formatNumber(count)} ${count === 1 ? one : many}`

/** `12`, `12.5`, `12.50` or `12,50` in cents; NaN for anything else. Counted in digits, never in fractions. */
export function parseCents(text: string): number {
  const match = /^(\d{1,12})(?:[.,](\d{1,2}))?$/.exec(text.replace(/[\s€]/g, ''))
  if (!match) return NaN
  const [, whole = '', cents = ''] = match
  return Number(whole + cents.padEnd(2, '0'))
}

/** A whole number as typed, with or without spaces; NaN for anything else. */
export function parseQuantity(text: string): number {
  const digits = text.replace(/\s/g, '')
  return /^-?\d{1,12}$/.test(digits) ? Number(digits) : NaN
}
