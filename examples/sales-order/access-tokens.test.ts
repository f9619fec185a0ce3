import { expect, it } from 'vitest'
import { AccessTokens } from './access-tokens.ts'

const shop = 'x7Kq-shop-secret-9fTzw2'
const scanner = 'b3Lm-scanner-secret-8dRq'
const tokens = new AccessTokens(`shop=${shop}, scanner=${scanner}`)

it('knows whose token it is', () => {
  expect(tokens.ownerOf(shop)).toBe('shop')
  expect(tokens.ownerOf(scanner)).toBe('scanner')
})

it.each(['', 'x', shop.slice(0, -1), `${shop}x`, shop.toUpperCase(), 'shop', `shop=${shop}`])(
  'knows nobody by %j',
  (token) => expect(tokens.ownerOf(token)).toBeUndefined(),
)

it('knows nobody at all when there are none', () => {
  expect(new AccessTokens().ownerOf('')).toBeUndefined()
})

it.each(['shop', 'shop=', `=${shop}`, `shop=${shop};scanner=${scanner} `])(
  'says what %j should be',
  (text) => {
    expect(() => new AccessTokens(text)).toThrow(/^ACCESS_TOKENS must be like/)
  },
)

it('does not take a token that can be guessed, and does not say it', () => {
  expect(() => new AccessTokens('shop=hunter2')).toThrow(/too short/)
  expect(() => new AccessTokens('shop=hunter2')).not.toThrow(/hunter2/)
})
