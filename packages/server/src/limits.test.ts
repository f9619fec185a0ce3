import { readdirSync, readFileSync } from 'node:fs'
import { delayMsMax, errors } from '@foldback/core'
import { describe, expect, it } from 'vitest'
import { serverLimitsDefault, splitLimits } from './limits.ts'
import { metricsOfNothing } from './test-parts/metrics-of-nothing.ts'

const page = readFileSync(new URL('../../../docs/limits.md', import.meta.url), 'utf8')
const rows = Array.from(page.matchAll(/^\| `(\w+)` \| (\d+) \|(.+)\|$/gm), ([, name, value, rest = '']) => {
  const cells = rest.split('|').map((cell) => cell.trim().replaceAll('`', ''))
  const [bounds, effect, code, metric] = cells
  return { name: name!, value: Number(value), bounds, effect, code, metric, count: cells.length }
})

/** All that counts limits, and not what only names them. */
const sources = ['engine', 'server']
  .map((name) => new URL(`../../${name}/src/`, import.meta.url))
  .flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !/\.test\.ts$|^(limits|limit-watch)\.ts$/.test(file))
      .map((file) => readFileSync(new URL(file, folder), 'utf8')),
  )
  .join('\n')

describe('docs/limits.md', () => {
  it('lists every limit with its default', () => {
    expect(Object.fromEntries(rows.map(({ name, value }) => [name, value]))).toEqual(serverLimitsDefault)
  })

  it('has no row that this test cannot read', () => {
    expect(page.match(/^\| `/gm)).toHaveLength(rows.length)
  })

  it.each(rows)('says what $name bounds and what happens then', ({ bounds, effect, count }) => {
    expect([bounds, effect]).not.toContain('')
    expect(count).toBe(4)
  })

  it('names codes that there are', () => {
    const codes = rows.map(({ code }) => code).filter((code) => code !== '')
    expect(codes.length).toBeGreaterThan(0)
    expect(Object.keys(errors)).toEqual(expect.arrayContaining(codes))
  })

  it('names metrics that there are', async () => {
    const metrics = metricsOfNothing()
    const text = await metrics.text()
    for (const { name, metric } of rows) {
      const isCounted = text.includes(`foldback_limit_reached_total{limit="${name}"} 0\n`)
      expect([name, isCounted]).toEqual([name, metric === ''])
    }
    const others = rows.map(({ metric }) => metric).filter((metric) => metric !== '' && metric !== 'none')
    for (const metric of others) expect(text).toContain(`# TYPE ${metric} `)
  })

  it('says of no limit that it is counted which nothing counts', () => {
    const counted = rows.filter(({ metric }) => metric === '').map(({ name }) => name)
    expect(counted.filter((name) => !sources.includes(`'${name}'`))).toEqual([])
  })
})

describe('limits', () => {
  it('of host and engine are kept apart, and checked', () => {
    const { host, engine } = splitLimits({ requestsMax: 7, restMs: 8 })
    expect(host).toMatchObject({ requestsMax: 7, connectionsMax: serverLimitsDefault.connectionsMax })
    expect(engine).toEqual({ restMs: 8 })
    expect(() => splitLimits({ requestsMax: 0.5 })).toThrow(/requestsMax must be a whole number/)
  })

  it('that are times are no longer than a timer waits: it would end at once', () => {
    for (const name of ['authenticationMsMax', 'headersMsMax', 'requestMsMax', 'closeMsMax', 'probeMsMax']) {
      expect(() => splitLimits({ [name]: delayMsMax + 1 })).toThrow(new RegExp(`${name} may be 2147483647`))
      expect(splitLimits({ [name]: delayMsMax }).host).toMatchObject({ [name]: delayMsMax })
    }
  })
})
