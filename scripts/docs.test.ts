import { spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { clientLimitsDefault } from '@foldback/client'
import { purityLimitsDefault } from '@foldback/core'
import { afterAll, describe, expect, it } from 'vitest'
import { sources } from '../test-support/sources.ts'

/*
 * Keeps what the pages say true. A block of ```ts or ```tsx begins with the name of its file, `// store.ts`; blocks of
 * the same file are one after the other in it, and a comment of the page, `<!-- store.ts …code… -->`, is too. The files
 * of a page are a folder of their own, beside `guide` with those of the guide, and `example` with the example's.
 */

const root = fileURLToPath(new URL('..', import.meta.url))
const packageNames = readdirSync(join(root, 'packages'))
const pages = [
  { path: 'docs/guide.md', folder: 'guide' },
  { path: 'docs/offline.md', folder: 'offline' },
  { path: 'docs/security.md', folder: 'security' },
  { path: 'docs/operations.md', folder: 'operations' },
  { path: 'README.md', folder: 'readme' },
  ...packageNames.map((name) => ({ path: `packages/${name}/README.md`, folder: name })),
]

const textOf = (path: string): string => readFileSync(join(root, path), 'utf8')

const blockForm = /```(?<language>\w+)\n(?<code>.*?)```|<!-- (?<hidden>\S+\.tsx?\n.*?)-->/gs

/** The files that a page tells of, and what is in them. */
function filesIn(page: string): Map<string, string> {
  const files = new Map<string, string>()
  for (const { groups } of textOf(page).matchAll(blockForm)) {
    const { language = '', code = '', hidden } = groups!
    if (hidden === undefined && language !== 'ts' && language !== 'tsx') continue
    const [, name, body] = /^(?:\/\/ )?(\S+\.tsx?)\b[^\n]*\n(.*)$/s.exec(hidden ?? code) ?? []
    if (name === undefined)
      throw new Error(`${page}: a block does not begin with the name of its file:\n${code}`)
    files.set(name, `${files.get(name) ?? ''}${body}`)
  }
  return files
}

const folder = mkdtempSync(join(tmpdir(), 'foldback-docs-'))
afterAll(() => rmSync(folder, { recursive: true }))

symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
symlinkSync(join(root, 'examples/sales-order'), join(folder, 'example'))
for (const page of pages) {
  for (const [name, content] of filesIn(page.path)) {
    const path = join(folder, page.folder, name)
    mkdirSync(dirname(path), { recursive: true })
    // A file without imports is a module too.
    writeFileSync(path, `${content}\nexport {}\n`)
  }
}

const tsconfig = {
  extends: join(root, 'tsconfig.base.json'),
  compilerOptions: {
    composite: false,
    noEmit: true,
    tsBuildInfoFile: null,
    rewriteRelativeImportExtensions: false,
    allowImportingTsExtensions: true,
    lib: ['es2024', 'dom', 'dom.iterable'],
    types: ['node'],
    jsx: 'react-jsx',
    paths: Object.fromEntries(Object.entries(sources).map(([name, path]) => [name, [path]])),
  },
  include: pages.map((page) => page.folder),
}

describe('the code of the pages', () => {
  it('compiles', { timeout: 60_000 }, () => {
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig))
    const { stdout, stderr } = spawnSync(
      join(root, 'node_modules/.bin/tsc'),
      ['-p', '.', '--pretty', 'false'],
      {
        cwd: folder,
        encoding: 'utf8',
        timeout: 60_000,
      },
    )
    expect(`${stdout}${stderr}`).toBe('')
  })

  it.each(pages)('is there: $path', ({ path }) => {
    expect(filesIn(path).size).toBeGreaterThan(0)
  })
})

describe('the tests in the pages', async () => {
  for (const page of pages) {
    for (const name of filesIn(page.path).keys()) {
      if (name.endsWith('.test.ts')) await import(join(folder, page.folder, name))
    }
  }
})

/** The limits that the tables of a page list, with their defaults. */
function limitsIn(page: string): Record<string, number> {
  const rows = textOf(page).matchAll(/^\| `(\w+)` \| (\d+) \|/gm)
  return Object.fromEntries(Array.from(rows, ([, name, value]) => [name, Number(value)]))
}

it('the guide lists every limit of a client with its default', () => {
  expect(limitsIn('docs/guide.md')).toEqual({
    ...clientLimitsDefault,
    ...purityLimitsDefault,
  })
})

interface DiffSection {
  readonly file: string
  readonly added: readonly string[]
  readonly removed: readonly string[]
  readonly kept: readonly string[]
}

const withoutSpace = (line: string): string => line.replaceAll(/\s/g, '')

/** The sections of a diff, each under a line such as ` // src/store.ts`. */
function sectionsIn(diff: string): DiffSection[] {
  return diff.split(/^ \/\/ (?=\S+\.tsx?$)/m).flatMap((section) => {
    const [file = '', ...lines] = section.split('\n')
    const linesWith = (sign: string) =>
      lines.filter((line) => line.startsWith(sign) && line.trim() !== '').map((line) => line.slice(1))
    return file === '' ? [] : [{ file, added: linesWith('+'), removed: linesWith('-'), kept: linesWith(' ') }]
  })
}

describe('the diffs of the README', () => {
  const readme = textOf('README.md')
  const diffs = [...readme.matchAll(/```diff\n(.*?)```/gs)].map(([, diff = '']) => sectionsIn(diff))
  const [, clientLines, serverLines] =
    /the client has (\d+) lines more and the server (\d+)/.exec(readme) ?? []

  it('have as many lines more as the text says', () => {
    const net = diffs.map((sections) =>
      sections.reduce((sum, { added, removed }) => sum + added.length - removed.length, 0),
    )
    expect(net).toEqual([Number(clientLines), Number(serverLines)])
  })

  it('leave out as many lines as the text says, in the files that it names', () => {
    const [, about = ''] = /about ([\d,]+) lines, in the files/.exec(readme) ?? []
    const [, list = ''] = /Not counted, of `examples\/sales-order`: (.*)/.exec(readme) ?? []
    const texts = Array.from(list.matchAll(/`([^`]+)`/g), ([, file]) =>
      textOf(`examples/sales-order/${file}`),
    )
    const lines = texts.reduce((sum, text) => sum + text.split('\n').length - 1, 0)
    expect(Number(about.replace(',', ''))).toBe(Math.round(lines / 100) * 100)
  })

  it('are few', () => {
    expect(Number(clientLines)).toBeLessThanOrEqual(10)
    expect(Number(serverLines)).toBeLessThanOrEqual(15)
  })

  it.each(diffs.flat())('is what the example has: $file', ({ file, added, removed, kept }) => {
    const path = `examples/sales-order/${file}`
    // What only the app without Foldback needs is not there.
    const text = existsSync(join(root, path)) ? textOf(path) : ''
    const lines = new Set(text.split('\n').map(withoutSpace))
    expect([...added, ...kept].filter((line) => !lines.has(withoutSpace(line)))).toEqual([])
    expect(removed.filter((line) => lines.has(withoutSpace(line)))).toEqual([])
  })
})

it.each(pages)('$path leads nowhere that is not there', ({ path }) => {
  const links = Array.from(textOf(path).matchAll(/\]\((?!https?:|#)([^)#]+)/g), ([, link = '']) => link)
  const parts = new URL(`../${path}`, import.meta.url)
  for (const link of links) expect(() => readFileOrFolder(fileURLToPath(new URL(link, parts)))).not.toThrow()
})

function readFileOrFolder(path: string): void {
  try {
    readFileSync(path)
  } catch {
    readdirSync(path)
  }
}
