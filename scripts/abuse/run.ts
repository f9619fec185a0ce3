import { spawnSync } from 'node:child_process'
import { type Attack, attacks } from './attacks.ts'
import { p99Of, Probe } from './probe.ts'
import { faultsOf, type Result, table } from './results.ts'
import { LoadProcess, ServerProcess } from './under-attack.ts'

/*
 * `npm run abuse`: makes each attack on a server of its own, while a well-behaved client goes on, and prints what came
 * of it. `-- --quick` takes less of everything, too little to judge by how long others wait; `-- --only <part of a name>` makes some of them. Exit code 1 when
 * something is outside its bound.
 */

const isQuick = process.argv.includes('--quick')
const only = process.argv.includes('--only') ? (process.argv[process.argv.indexOf('--only') + 1] ?? '') : ''
const quietSeconds = isQuick ? 0.3 : 1.5
const attackSeconds = isQuick ? 1.2 : 5
const roundsMax = 4
/** Files that the processes have open besides their connections. */
const filesReserved = 200

function scale(): number {
  const whole = isQuick ? 0.05 : 1
  const { stdout } = spawnSync('sh', ['-c', 'ulimit -n'], { encoding: 'utf8' })
  const files = Number(stdout.trim())
  const room = (files - filesReserved) / 10_000
  if (!(room < whole)) return whole
  console.log(
    `ulimit -n is ${files}: there will be ${Math.floor(room * 10_000)} connections instead of ${whole * 10_000}, and less of everything. Raise it to 12000 for all of them.`,
  )
  return room
}

async function attempt(attack: Attack, index: number, scaleOfAll: number): Promise<Result> {
  const seconds = (isQuick ? attack.quickSeconds : attack.seconds) ?? attackSeconds
  const server = await ServerProcess.start(attack.limits ?? {})
  try {
    const probe = await Probe.connect(server.port)
    // The first actions are slower: code is compiled, pages of the file are made.
    await probe.measure(after(isQuick ? 0.4 : 1))
    const quiet = [...(await probe.measure(after(quietSeconds)))]
    const idleMiB = await server.peakMiB()
    const during: number[] = []
    let tried = 0
    // On a busy machine one round may be too short to reach what it is about.
    for (let round = 0; round < roundsMax && (round === 0 || !(await hasTested(attack, server))); round++) {
      const load = new LoadProcess(index, server.port, scaleOfAll, seconds)
      during.push(...(await probe.measure(() => load.isOver || server.crash !== undefined)))
      const report = await load.report
      tried += report.tried
      if (report.fault !== undefined) probe.complaints.push(report.fault)
    }
    const peakMiB = await server.peakMiB()
    // Other work on this machine comes and goes: what is quiet is measured on both sides.
    quiet.push(...(server.crash === undefined ? await probe.measure(after(quietSeconds)) : []))
    const result: Result = {
      attack,
      tried,
      crash: server.crash,
      idleMiB,
      peakMiB,
      quietP99Ms: p99Of(quiet),
      p99Ms: p99Of(during),
      complaints: probe.complaints,
      refusals: server.crash === undefined ? await server.refusals() : new Map<string, number>(),
    }
    probe.close()
    return result
  } finally {
    await server.stop()
  }
}

async function hasTested(attack: Attack, server: ServerProcess): Promise<boolean> {
  if (server.crash !== undefined) return true
  const refusals = await server.refusals()
  return attack.expects.every((name) => refusals.has(name))
}

function after(seconds: number): () => boolean {
  const endsAt = Date.now() + seconds * 1_000
  return () => Date.now() >= endsAt
}

const scaleOfAll = scale()
const results: Result[] = []
for (const [index, attack] of attacks.entries()) {
  if (!attack.name.includes(only)) continue
  console.log(`${attack.name} …`)
  results.push(await attempt(attack, index, scaleOfAll))
}
console.log(`\n${table(results)}\n`)
const faults = results.flatMap((result) => faultsOf(result, { judgesLatency: !isQuick }))
for (const fault of faults) console.log(fault)
console.log(`${results.length} attacks, ${faults.length} outside their bounds`)
if (faults.length > 0) process.exitCode = 1
