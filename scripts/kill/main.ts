import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { KillRun } from './kill-run.ts'
import { isClean, summaryTable } from './summary-table.ts'

/*
 * `npm run kill -- --cycles 200 --seed 1`: a server on SQLite under load, killed with SIGKILL again and again. Ends with
 * 1 when anything is lost, doubled or wrong; then its files stay, to be looked at.
 */

const workMsMax = 1_200

const { values } = parseArgs({
  options: { cycles: { type: 'string', default: '20' }, seed: { type: 'string' } },
})
const cycles = Number(values.cycles)
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 32))
if (!Number.isInteger(cycles) || cycles < 1 || !Number.isInteger(seed)) {
  console.error('Give whole numbers: npm run kill -- --cycles 200 --seed 1')
  process.exit(1)
}

const folder = mkdtempSync(join(tmpdir(), 'foldback-kill-'))
const progress = process.stdout.isTTY
  ? (text: string) => void process.stdout.write(`\r${text}\u001B[K`)
  : (text: string) => console.log(text)
const summary = await new KillRun({ cycles, seed, workMsMax, folder, progress }).run()
console.log(`\n${summaryTable(summary)}`)
if (isClean(summary)) rmSync(folder, { recursive: true })
else {
  console.error(`\nThe files are in ${folder}.`)
  process.exitCode = 1
}
