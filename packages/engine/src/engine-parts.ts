import type { AnyModel } from '@foldback/core'
import type { Delivery } from './sessions/delivery.ts'
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
}
