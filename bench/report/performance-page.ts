import { figures } from '../figures.ts'
import type { Results } from '../results.ts'
import { machineText, numberText, rangeText, targetText, valueText } from './numbers.ts'

const begin = '<!-- What follows is written by `npm run bench`. -->'
const end = '<!-- What was written by `npm run bench` ends here. -->'

/**
 * The page with what the results say in its middle.
 * @throws Error when the page has no place for it.
 */
export function performancePage(page: string, results: Results): string {
  const from = page.indexOf(begin)
  const to = page.indexOf(end)
  if (from === -1 || to < from)
    throw new Error(`docs/performance.md has no place for results: ${begin} … ${end}`)
  return `${page.slice(0, from + begin.length)}\n\n${generated(results)}\n\n${page.slice(to)}`
}

function generated(results: Results): string {
  return [
    '![Actions answered in a second](images/performance/actions-per-second.svg)',
    '![Processor time of the server for an action](images/performance/server-cpu.svg)',
    '![The figures and their targets](images/performance/targets.svg)',
    `Measured on ${results.date}${results.scale === 'quick' ? ' in a short run (--quick)' : ''}: ${machineText(results)}. Medians; the lowest and the highest round beside them.`,
    figureTable(results),
    'Everything that was measured, medians:',
    measurementTable(results),
  ].join('\n\n')
}

function figureTable(results: Results): string {
  const rows = figures.map(({ key, what, target }) => {
    const result = results.figures[key]
    if (result === undefined) return [`\`${key}\``, what, targetText(target), '–', '–', 'not measured']
    const verdict = result.isMet ? 'met' : '**not met**'
    return [`\`${key}\``, what, targetText(target), numberText(result.median), rangeText(result), verdict]
  })
  return table(['figure', 'what', 'target', 'median', 'rounds', ''], rows)
}

function measurementTable({ measurements }: Results): string {
  const rows = Object.entries(measurements).map(([name, { about, values }]) => [
    name,
    about,
    Object.entries(values)
      .map(([key, spread]) => valueText(key, spread))
      .join('; '),
  ])
  return table(['measurement', 'what it does, and what it keeps', 'median'], rows)
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}
