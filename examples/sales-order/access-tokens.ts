import { createHash, timingSafeEqual } from 'node:crypto'

interface AccessToken {
  readonly owner: string
  readonly hash: Buffer
}

/** Shorter ones can be guessed. */
const lengthMin = 20

/**
 * Tokens of programs that use the server, such as a shop that hands in orders, by the name of their owner. Comparing
 * takes as long for a token that is nearly right as for any other: it is hashes that are compared, of equal length and
 * in constant time, and always all of them.
 */
export class AccessTokens {
  readonly #tokens: readonly AccessToken[]

  /** @param text `shop=<token>,scanner=<token>`, such as from an environment variable; nothing for none. */
  constructor(text = '') {
    const parts = text.split(',').filter((part) => part.trim() !== '')
    this.#tokens = parts.map(readToken)
  }

  /** Whose token this is; undefined when it is nobody's. */
  ownerOf(token: string): string | undefined {
    const hash = hashOf(token)
    const [owned] = this.#tokens.filter((known) => timingSafeEqual(known.hash, hash))
    return owned?.owner
  }

  /** True when the name is a program's. */
  isOwner(name: string): boolean {
    return this.#tokens.some(({ owner }) => owner === name)
  }
}

function readToken(part: string): AccessToken {
  const [, owner, token] = /^\s*([\w-]+)=([\w.~+/-]+=*)\s*$/.exec(part) ?? []
  if (owner === undefined || token === undefined)
    throw new Error('ACCESS_TOKENS must be like shop=<token>,scanner=<token>.')
  if (token.length < lengthMin)
    throw new Error(`The access token of ${owner} is too short: it must have ${lengthMin} characters.`)
  return { owner, hash: hashOf(token) }
}

const hashOf = (token: string) => createHash('sha256').update(token).digest()
