import type { KillSummary } from './kill-run.ts'

/** True when nothing was lost, doubled, wrong or broken, and something was tried. */
export function isClean(summary: KillSummary): boolean {
  const { lost, doubled, wrongRecords, faults, integrity, accepted } = summary
  const wrongCount = lost.length + doubled.length + wrongRecords.length + faults.length
  return wrongCount === 0 && integrity === 'ok' && accepted > 0
}

/** The summary as Markdown, and below it whatever is wrong. */
export function summaryTable(summary: KillSummary): string {
  const rows: readonly (readonly [string, string | number])[] = [
    ['cycles: the server killed', summary.cycles],
    ['of these before it listened', summary.killedWhileStarting],
    ['clients killed', summary.clientsKilled],
    ['events in the log', summary.eventCount],
    ['actions settled', summary.accepted + summary.refused],
    ['of these refused', summary.refused],
    ['called safe on a device', summary.queued],
    ['lost', summary.lost.length],
    ['doubled', summary.doubled.length],
    ['wrong records', summary.wrongRecords.length],
    ['anything else wrong', summary.faults.length],
    ['`PRAGMA integrity_check`', summary.integrity],
    ['longest recovery, with the start of Node', `${summary.recoveryMsMax} ms`],
    ['seed', summary.seed],
  ]
  const table = ['| | |', '| --- | --- |', ...rows.map(([name, value]) => `| ${name} | ${value} |`)]
  const { lost, doubled, wrongRecords, faults } = summary
  const details = [
    ...lost.map((what) => `lost: ${what}`),
    ...doubled.map((what) => `doubled: ${what}`),
    ...wrongRecords.map((what) => `wrong: ${what}`),
    ...faults,
  ]
  return [...table, ...details].join('\n')
}
