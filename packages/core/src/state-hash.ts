import type { RecordState } from './fold.ts'

/**
 * A short name of a record's state, the same on every side that has the same state: 53 bits, in base 36. It is made of
 * the state as JSON carries it: the order of keys does not count, -0 is 0, and a property that is undefined is none.
 * It is no secret and no seal: whoever wants to can find two states with one hash.
 *
 * The `check` of docs/protocol.md says how other programs make it.
 *
 * @param state anything in which `findNotJson` finds nothing
 */
export function stateHash(state: RecordState): string {
  const hash = new TextHash()
  hashValue(state, hash)
  return hash.end()
}

/** JSON without white space and with keys sorted by code unit, as RFC 8785 has it. */
function hashValue(value: unknown, hash: TextHash): void {
  if (typeof value === 'string') hash.add(JSON.stringify(value))
  // Of what findNotJson admits these are numbers, booleans and null, which JSON writes just so.
  else if (typeof value !== 'object' || value === null) hash.add(String(value))
  else if (Array.isArray(value)) hashList(value, hash)
  else hashObject(value as Record<string, unknown>, hash)
}

function hashList(list: readonly unknown[], hash: TextHash): void {
  let before = '['
  for (const item of list) {
    hash.add(before)
    hashValue(item, hash)
    before = ','
  }
  hash.add(before === '[' ? '[]' : ']')
}

function hashObject(object: Record<string, unknown>, hash: TextHash): void {
  let before = '{'
  for (const key of Object.keys(object).sort()) {
    const value = object[key]
    if (value === undefined) continue
    hash.add(`${before}${JSON.stringify(key)}:`)
    hashValue(value, hash)
    before = ','
  }
  hash.add(before === '{' ? '{}' : '}')
}

/** cyrb53, piece by piece, so that no large text is made: two lanes of 32 bits, mixed with each other at the end. */
class TextHash {
  #one = 0xdeadbeef
  #two = 0x41c6ce57

  add(text: string): void {
    let one = this.#one
    let two = this.#two
    for (let index = 0; index < text.length; index++) {
      const unit = text.charCodeAt(index)
      one = Math.imul(one ^ unit, 2654435761)
      two = Math.imul(two ^ unit, 1597334677)
    }
    this.#one = one
    this.#two = two
  }

  end(): string {
    let one = this.#one
    let two = this.#two
    one = Math.imul(one ^ (one >>> 16), 2246822507) ^ Math.imul(two ^ (two >>> 13), 3266489909)
    two = Math.imul(two ^ (two >>> 16), 2246822507) ^ Math.imul(one ^ (one >>> 13), 3266489909)
    return ((two & 0x1fffff) * 2 ** 32 + (one >>> 0)).toString(36)
  }
}
