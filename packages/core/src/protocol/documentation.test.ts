import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { type DownMessage, readDownMessage } from './down.ts'
import { closeCodes } from './frame.ts'
import { readUpMessage, type UpMessage } from './up.ts'

const page = readFileSync(new URL('../../../../docs/protocol.md', import.meta.url), 'utf8')

/** The compiler keeps these complete. */
const up: { readonly [Type in UpMessage['type']]: true } = {
  hello: true,
  push: true,
  ping: true,
  token: true,
  subscribe: true,
  unsubscribe: true,
  check: true,
}
const down: { readonly [Type in DownMessage['type']]: true } = {
  welcome: true,
  settled: true,
  rejected: true,
  events: true,
  snapshot: true,
  gone: true,
  synced: true,
  problem: true,
  pong: true,
  renewed: true,
  diverged: true,
}

/** What stands between a heading of the third level and the next. */
function sectionOf(heading: string): string {
  const [, section] = page.split(`\n### ${heading}\n`)
  return section?.split('\n##')[0] ?? ''
}

/** The messages of the examples in a section. */
function examplesIn(section: string): unknown[] {
  return [...section.matchAll(/```json\n(.*?)```/gs)].flatMap(
    ([, text]) => JSON.parse(text ?? '') as unknown[],
  )
}

const kinds = [
  { types: Object.keys(up), read: readUpMessage },
  { types: Object.keys(down), read: readDownMessage },
]
for (const { types, read } of kinds) {
  for (const type of types) {
    it(`docs/protocol.md shows ${type} as it is, with each of its fields`, () => {
      const section = sectionOf(type)
      const examples = examplesIn(section)
      expect(examples.length).toBeGreaterThan(0)
      for (const example of examples) {
        expect(example).toMatchObject({ type })
        // A reader takes along the fields it knows, and no others.
        expect(read(example)).toEqual(example)
      }
      expect(page).toContain(`[\`${type}\`](#${type})`)
    })
  }
}

it('docs/protocol.md has no message that there is not', () => {
  const headings = [...page.matchAll(/^### ([a-z]+)$/gm)].map(([, heading]) => heading)
  expect(new Set(headings)).toEqual(new Set([...Object.keys(up), ...Object.keys(down)]))
})

it('docs/protocol.md lists every close code', () => {
  const listed = [...sectionOf('Close codes').matchAll(/^\| (\d+) \|/gm)].map(([, code]) => Number(code))
  expect(listed).toEqual(expect.arrayContaining(Object.values(closeCodes)))
})
