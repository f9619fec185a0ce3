// A process of its own for one mistake: is given seeds, and answers with what came of each. `none` makes no mistake.
import { mistakeNamed } from './mistakes.ts'
import { patchSources } from './patch-sources.ts'
import type { Asked } from './sabotaged-runs.ts'

const mistake = mistakeNamed(process.argv[2]!)
patchSources(mistake?.edits ?? [])
// Only now: what is imported before the edits are known is read without them.
const { liveHistory } = await import('../simulator/live-history.ts')

process.on('message', ({ seed, faults }: Asked) => {
  void liveHistory(seed, { faults }).then(({ broken }) => process.send!({ seed, broken: broken ?? null }))
})
process.send!('ready')
