import type { AnyModel } from '@foldback/core'
import type { Tally } from './bounds/tally.ts'
import type { Delivery } from './sessions/delivery.ts'
import type { Deadlines } from './sessions/deadlines.ts'
import type { FrameMemo } from './sessions/frame-memo.ts'
import type { Heads } from './heads/heads.ts'
import type { LaneMarks } from './heads/lane-marks.ts'
import type { EngineLimits } from './limits.ts'
import type { Pipeline } from './turns/pipeline.ts'
import type { EnginePorts } from './ports.ts'
import type { AnyRules } from './rules.ts'

/** What the engine is made of, as its sessions and queries see it. */
export interface EngineParts {
  readonly models: ReadonlyMap<string, AnyModel>
  readonly rules: AnyRules
  readonly limits: EngineLimits
  readonly ports: EnginePorts
  readonly heads: Heads
  readonly marks: LaneMarks
  readonly pipeline: Pipeline
  readonly delivery: Delivery
  readonly tallies: Tallies
  readonly frames: FrameMemo
  readonly deadlines: Deadlines
}

/** What all sessions together hold. */
interface Tallies {
  /** Lanes, by user. */
  readonly lanes: Tally
  /** Subscriptions, all under one key. */
  readonly subscriptions: Tally
}

/** The key under which is counted what has one bound for everybody. */
export const allSessions = ''
