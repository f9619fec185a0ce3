import { figures } from '../figures.ts'
import type { Results } from '../results.ts'
import { machineText, numberText, rangeText, targetText, valueText } from './numbers.ts'

/** The results for whoever has waited for them. */
export function terminalReport(results: Results): string {
  const { measurements, failures } = results
  const measured = Object.entries(measurements).map(([name, { values }]) => [
    name,
    Object.entries(values)
      .map(([key, spread]) => valueText(key, spread))
      .join(' · '),
  ])
  return [
    '',
    ...columns(measured),
    '',
    ...columns(figureRows(results)),
    '',
    ...Object.entries(failures).map(([name, why]) => `not measured: ${name}: ${why}`),
    machineText(results),
  ].join('\n')
}

function figureRows(results: Results): string[][] {
  const rows = figures.flatMap(({ key, what }) => {
    const result = results.figures[key]
    if (result === undefined) return []
    const verdict = result.isMet ? 'met' : 'NOT MET'
    return [[key, numberText(result.median), rangeText(result), targetText(result.target), verdict, what]]
  })
  return rows.length === 0 ? [] : [['figure', 'median', 'rounds', 'target', '', ''], ...rows]
}

function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]?.map((_, index) => Math.max(...rows.map((row) => row[index]!.length))) ?? []
  return rows.map((row) =>
    row
      .map((cell, index) => cell.padEnd(widths[index]!))
      .join('  ')
      .trimEnd(),
  )
}
