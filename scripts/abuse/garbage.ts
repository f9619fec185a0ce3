import { randomBytes, randomInt } from 'node:crypto'
import { thingActions } from './models.ts'
import { hello } from './target.ts'

/** Frames such as clients send, one of each kind. */
export const validFrames: readonly string[] = [
  [hello('mallory', ['lane-of-the-mutants-1'])],
  [
    { type: 'push', lane: 'lane-of-the-mutants-1', n: 1, actions: [thingActions.written({ id: '1' })] },
    { type: 'subscribe', model: 'thing', id: '1', since: { version: 1, id: 'e' } },
  ],
  [{ type: 'subscribe', model: 'thing', sinceLog: { seq: 3, id: 'e' } }, { type: 'ping' }],
  [
    { type: 'unsubscribe', model: 'thing', id: '1' },
    { type: 'token', token: 'mallory' },
  ],
  [{ type: 'check', model: 'thing', id: '1', version: 2, eventId: 'e', hash: '1omwfhr5hyy' }],
].map((messages) => JSON.stringify(messages))

const odd = ['null', '-1', '1e400', '[]', '{}', '""', 'true', '"__proto__"', '"\\ud800"', '9007199254740993']

/** A text with a few changes: something cut out, doubled, or put in the place of a value. */
export function mutated(text: string): string {
  let changed = text
  for (let changes = randomInt(1, 4); changes > 0; changes--) changed = oneMutation(changed)
  return changed
}

function oneMutation(text: string): string {
  const from = randomInt(text.length + 1)
  const to = Math.min(text.length, from + randomInt(1, 12))
  const [before, middle, after] = [text.slice(0, from), text.slice(from, to), text.slice(to)]
  switch (randomInt(4)) {
    case 0:
      return before + after
    case 1:
      return before + middle + middle + after
    case 2:
      return before + String.fromCharCode(randomInt(0xffff)) + after
    default:
      return text.replace(/:("[^"]*"|\d+)/, () => `:${odd[randomInt(odd.length)]}`)
  }
}

export function randomText(): string {
  return randomBytes(randomInt(1, 2_000)).toString('latin1')
}

export const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth)

/** As many objects as go into a frame of the largest size. */
export const manyObjects = `[${'{},'.repeat(340_000)}{}]`
