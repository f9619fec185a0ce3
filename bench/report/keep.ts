import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import type { Results } from '../results.ts'
import { charts } from './charts.ts'
import { performancePage } from './performance-page.ts'

const resultsFile = new URL('../results.json', import.meta.url)
const page = new URL('../../docs/performance.md', import.meta.url)
const images = new URL('../../docs/images/performance/', import.meta.url)

/** What the last full run has shown. */
export function keptResults(): Results {
  return JSON.parse(readFileSync(resultsFile, 'utf8')) as Results
}

/** Writes results.json, and what docs/performance.md says and shows of it. */
export function keep(results: Results): void {
  writeFileSync(resultsFile, `${JSON.stringify(results, undefined, 2)}\n`)
  for (const { url, content } of pagesOf(results)) {
    mkdirSync(new URL('.', url), { recursive: true })
    writeFileSync(url, content)
  }
}

/** The files that say what the results are, as they should be. */
export function pagesOf(results: Results): { readonly url: URL; readonly content: string }[] {
  return [
    { url: page, content: performancePage(readFileSync(page, 'utf8'), results) },
    ...Object.entries(charts(results)).map(([name, content]) => ({ url: new URL(name, images), content })),
  ]
}
