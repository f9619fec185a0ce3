import { randomBytes } from 'node:crypto'
import type { Clock, Random } from '@foldback/core'
import type { EnginePorts } from '@foldback/engine'

/** The engine's ports in Node. Where its incidents and counts go is the caller's to say. */
export function nodePorts(
  outside: Pick<
    EnginePorts,
    'store' | 'report' | 'hint' | 'counted' | 'turned' | 'committed' | 'diverged' | 'limited'
  >,
): EnginePorts {
  return { ...outside, clock: nodeClock, random, defer: (run) => void setImmediate(run) }
}

export const nodeClock: Clock = {
  now: () => Date.now(),
  after(delayMs, run) {
    // What the engine does later is for the comfort of those who stay: it holds no process.
    const timer = setTimeout(run, delayMs).unref()
    return () => clearTimeout(timer)
  },
}

const idBytes = 15

const random: Random = {
  id: () => randomBytes(idBytes).toString('base64url'),
  fraction: () => Math.random(),
}
