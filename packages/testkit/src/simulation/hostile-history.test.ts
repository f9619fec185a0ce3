import { describe, it } from 'vitest'
import { checkHistory } from '../test-parts/check-history.ts'
import { History } from '../test-parts/history.ts'
import { type Feature, features, StepSource } from '../test-parts/history-steps.ts'
import { SeededRandom } from './seeded-random.ts'

/*
 * Long random histories with one thing after the other that goes wrong or is tight, and then with all of them
 * together. RUNS histories of each from SEED on; FEATURES, divided by commas, takes these alone, singly and together; TRACE=1 prints
 * what happened.
 */

const firstSeed = Number(process.env['SEED'] ?? 1)
const stepCount = 60
const usualRuns = 20
/** What must have happened in the runs of a feature, at least once each: else they have tested nothing. */
const signs: { readonly [Name in Feature]: readonly string[] } = {
  'rejected appends': ['rejected', 'rejected disk-full'],
  'unknown appends': ['unknown, written', 'unknown, not written'],
  'failing reads': ['unread'],
  'slow readers': ['told afresh'],
  rights: ['gone'],
  subscriptions: ['unsubscribe'],
  'a short queue': ['rejected busy'],
  'large actions': ['rejected not-an-action'],
  'large records': ['rejected record-too-large'],
  'other users': ['another user with actions pending'],
  'one cached lane': ['push'],
  'restored backups': ['restore'],
  'misleading connections': ['ping', 'pong'],
  'expiring logins': ['renewed', 'problem login-expired', 'told afresh'],
  'frequent checks': ['check'],
  'a deploy': ['rejected newer-version', 'upcast', 'deploy'],
  reloads: ['reloaded with actions pending', 'power cut'],
  tabs: ['open tab', 'close tab'],
  'frozen pages': ['freeze', 'taken-over'],
  'failing outboxes': ['storage is full', 'storage never opens'],
  typing: ['merged'],
  discards: ['discard', 'cancelled', 'rejected cancelled'],
  retries: ['retry', 'dismiss'],
  'sign out': ['signed out with actions pending'],
  'offline starts': ['start offline'],
}

async function live(
  seed: number,
  present: ReadonlySet<Feature>,
): Promise<{ history: History; fault: unknown }> {
  const random = new SeededRandom(seed * 7_919)
  const history = new History(seed, present)
  const cutShare = random.fraction() * 0.06
  history.world.network.cutsAt = () => random.fraction() < cutShare
  const steps = new StepSource(random, present)
  try {
    await history.start()
    for (let count = 0; count < stepCount; count++) await history.do(steps.next())
    await history.finish()
    await checkHistory(history)
  } catch (fault) {
    return { history, fault }
  }
  return { history, fault: undefined }
}

async function liveMany(present: readonly Feature[], runs: number): Promise<void> {
  const failing: { readonly seed: number; readonly fault: unknown }[] = []
  const happenings = new Set<string>()
  for (let seed = firstSeed; seed < firstSeed + runs; seed++) {
    const { history, fault } = await live(seed, new Set(present))
    for (const happening of history.happenings.keys()) happenings.add(happening)
    if (fault === undefined) continue
    failing.push({ seed, fault })
    if (process.env['TRACE'] !== undefined) console.log(history.trace.join('\n'))
  }
  if (failing.length > 0) throw new Error(replayText(present, failing), { cause: failing[0]!.fault })
  const lacking = present.flatMap((feature) => signs[feature]).filter((sign) => !happenings.has(sign))
  // A few runs by hand may well lack something.
  if (runs >= usualRuns && lacking.length > 0) throw new Error(`It never happened: ${lacking.join(', ')}`)
}

function replayText(
  present: readonly Feature[],
  failing: readonly { seed: number; fault: unknown }[],
): string {
  const [{ seed, fault }] = failing as [(typeof failing)[number]]
  const command = 'npx vitest run packages/testkit/src/simulation/hostile-history.test.ts'
  return (
    `Seeds ${failing.map((each) => each.seed).join(', ')} fail. The first says: ${String(fault)}\n` +
    `Replay it: TRACE=1 RUNS=1 SEED=${seed} FEATURES='${present.join(',')}' ${command}`
  )
}

const replayed = process.env['FEATURES']?.split(',') as Feature[] | undefined
const runsOf = (usual: number): number => Number(process.env['RUNS'] ?? usual)
const timeoutMs = 600_000

describe('each action happens once and all sides end equal, with', () => {
  it.each(replayed ?? features)('%s', (feature) => liveMany([feature], runsOf(usualRuns)), timeoutMs)

  it('all of it together', () => liveMany(replayed ?? features, runsOf(120)), timeoutMs)
})
