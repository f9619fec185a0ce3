import { expect, it } from 'vitest'
import { AccessTokens } from './access-tokens.ts'
import { usersWith } from './users.ts'

const secret = 'x7Kq-shop-secret-9fTzw2'
const authenticate = usersWith(new AccessTokens(`shop=${secret}`))

const actorOf = (token: string | undefined) =>
  authenticate({ token, headers: {}, url: '/', remoteAddress: undefined })

it('takes everybody without a token for anonymous', () =>
  expect(actorOf(undefined)).toEqual({ actor: 'anonymous' }))

it.each(['Ada', "Miles O'Brien", 'Łukasz', 'ada@example.com', '7'])('takes %j for who they say', (name) =>
  expect(actorOf(` ${name} `)).toEqual({ actor: name }),
)

it.each(['', ' ', '__proto__', 'a/b', 'x'.repeat(61), '\ud800', 'anonymous', 'Anonymous'])(
  'knows nobody called %j',
  (name) => expect(actorOf(name)).toBeUndefined(),
)

it('knows a program by its secret, and nobody by its name', () => {
  expect(actorOf(secret)).toEqual({ actor: 'shop' })
  expect(actorOf('shop')).toBeUndefined()
  expect(actorOf(' shop ')).toBeUndefined()
})
