import { attacks } from './attacks.ts'
import { Target } from './target.ts'
import type { LoadReport } from './under-attack.ts'

/* Makes one attack, in a process of its own: `load.ts <index of the attack> <port> <scale> <seconds>`. */

const [index = 0, port = 0, scale = 1, seconds = 1] = process.argv.slice(2).map(Number)
const target = new Target(port, scale, seconds)

process.on('disconnect', () => process.exit())
try {
  await attacks[index]!.run(target)
  process.send!({ tried: target.tried } satisfies LoadReport)
} catch (thrown) {
  process.send!({ tried: target.tried, fault: String(thrown) } satisfies LoadReport)
}
process.disconnect()
