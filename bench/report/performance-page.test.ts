import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { figures } from '../figures.ts'
import { keptResults, pagesOf } from './keep.ts'
import { performancePage } from './performance-page.ts'

const results = keptResults()

it.each(pagesOf(results).map(({ url, content }) => ({ name: url.pathname.split('/').at(-1), url, content })))(
  '$name shows the results that are kept',
  ({ url, content }) => {
    expect(readFileSync(url, 'utf8')).toBe(content)
  },
)

it('the kept results have every figure', () => {
  expect(Object.keys(results.figures)).toEqual(figures.map(({ key }) => key))
})

it('a page without a place for results is not overwritten', () => {
  expect(() => performancePage('# Performance', results)).toThrow('has no place for results')
})
