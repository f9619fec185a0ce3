import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type ErrorCode, errors, statusOf } from './error.ts'
import { FoldbackError, messageOf, refusal } from './foldback-error.ts'
import { pageSentences, sentenceOf } from './sentences-in-pages.ts'

const page = readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8')
const row = /^\| `(?<code>[^`]+)` \| (?<finality>\S+) \| (?<status>\d+) \| (?<message>.+) \|$/gm

describe('docs/errors.md', () => {
  it('lists every code of the registry and no other, in order, word for word', () => {
    const listed = [...page.matchAll(row)].map(({ groups }) => ({
      code: groups?.['code'],
      finality: groups?.['finality'],
      status: Number(groups?.['status']),
      // A backslash keeps Markdown from reading the next character as its own.
      message: groups?.['message']?.replaceAll(/\\(.)/g, '$1'),
    }))
    expect(listed).toEqual(Object.entries(errors).map(([code, entry]) => ({ code, ...entry })))
  })

  it('has no row that this test cannot read', () => {
    expect(page.match(/^\| `/gm)).toHaveLength(Object.keys(errors).length)
  })
})

describe('the registry', () => {
  for (const [code, { message, status }] of Object.entries(errors)) {
    it(`says what ${code} is in sentences, with the status of an error`, () => {
      expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/)
      expect(message).toMatch(/[.)]$/)
      expect(status).toBeGreaterThanOrEqual(400)
    })
  }
})

describe('a web page in production', () => {
  it.each(Object.entries(pageSentences))('says of %s what the registry says', (code, sentence) => {
    expect(sentence).toBe(errors[code as ErrorCode].message)
  })

  it('names the code where it does not have the sentence', () => {
    expect(sentenceOf('too-late')).toBe(errors['too-late'].message)
    expect(sentenceOf('misconfigured')).toBe('misconfigured: see docs/errors.md.')
  })
})

describe('refusal', () => {
  it('adds the detail to the sentence', () => {
    expect(refusal('unknown-type', 'order/sung').message).toBe(
      `${errors['unknown-type'].message} (order/sung)`,
    )
    expect(refusal('unknown-type').message).toBe(errors['unknown-type'].message)
  })

  it('is final unless the code is transient', () => {
    expect(refusal('busy').finality).toBe('transient')
    expect(refusal('invalid-payload').finality).toBe('final')
    expect(refusal('internal').finality).toBe('final')
  })
})

it('gives 409 to codes of the application, whatever they are called', () => {
  expect([statusOf('busy'), statusOf('order-not-draft'), statusOf('constructor')]).toEqual([503, 409, 409])
})

it('throws with the code, the sentence and the cause', () => {
  const cause = new Error('why')
  const error = new FoldbackError('misconfigured', 'models', { cause })
  expect(error).toMatchObject({ name: 'FoldbackError', code: 'misconfigured', cause })
  expect(messageOf(error)).toBe(`${errors.misconfigured.message} (models)`)
  expect(messageOf('thrown')).toBe('thrown')
})
