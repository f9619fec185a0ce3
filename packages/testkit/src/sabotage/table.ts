import { caughtRuns, promisesBroken, type Verdict } from './verdict.ts'

const columns = ['mistake', 'promise', 'caught by', 'seeds', 'first seed', 'time'] as const

/** The verdicts as a table of Markdown, which can be read as it is. */
export function tableOf(verdicts: readonly Verdict[]): string {
  const rows = [columns, columns.map(() => '---'), ...verdicts.map(rowOf)]
  const widths = columns.map((_, index) => Math.max(...rows.map((row) => row[index]!.length)))
  return rows
    .map((row) => `| ${row.map((cell, index) => cell.padEnd(widths[index]!)).join(' | ')} |`)
    .join('\n')
}

function rowOf(verdict: Verdict): readonly string[] {
  const { mistake, runs, seconds } = verdict
  const caught = caughtRuns(verdict)
  return [
    mistake.name,
    String(mistake.promise),
    caughtBy(verdict),
    `${caught.length} of ${runs.length}`,
    String(caught[0]?.seed ?? ''),
    `${seconds.toFixed(0)} s`,
  ]
}

/** The promises whose checkers have seen it, with how often each was the first. */
function caughtBy(verdict: Verdict): string {
  const promises = promisesBroken(verdict)
  if (promises.length > 0) return promises.map(([promise, count]) => `${promise} (${count})`).join(', ')
  return verdict.runs.some(({ broken }) => broken !== null) ? 'no checker; it throws or goes round' : 'nobody'
}
