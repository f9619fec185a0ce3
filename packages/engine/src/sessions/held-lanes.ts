import { FoldbackError, type LaneClaim, type LaneMark as WireMark, type LaneRefusal } from '@foldback/core'
import type { LaneHolder } from './delivery.ts'
import type { EngineParts } from '../engine-parts.ts'
import type { LaneMark } from '../heads/lane-marks.ts'
import type { KeptOutcome } from '../turns/submission.ts'

const lanePattern = /^[A-Za-z0-9_-]{16,64}$/

/** The lanes that one session holds. */
export class HeldLanes {
  readonly #parts: EngineParts
  readonly #holder: LaneHolder
  readonly #marks = new Map<string, LaneMark>()

  constructor(parts: EngineParts, holder: LaneHolder) {
    this.#parts = parts
    this.#holder = holder
  }

  has(lane: string): boolean {
    return this.#marks.has(lane)
  }

  /** True while the store has not said yet how far a lane is: after a commit that failed or could not be told. */
  get areStale(): boolean {
    for (const mark of this.#marks.values()) if (mark.isStale) return true
    return false
  }

  /** Asks the store how far the lanes are. */
  async refresh(): Promise<void> {
    const stale = [...this.#marks.values()].filter((mark) => mark.isStale).map(({ lane }) => lane)
    await this.#read(stale)
  }

  /** How far each lane is settled, as of now; lanes that have not begun are left out. */
  get settled(): { [lane: string]: number } {
    const settled: { [lane: string]: number } = {}
    for (const mark of this.#marks.values()) if (mark.committed > 0) settled[mark.lane] = mark.committed
    return settled
  }

  /** Takes hold of the lanes a `hello` names. @throws FoldbackError `invalid-request`, `lane-taken`. */
  async claim(claims: readonly LaneClaim[], actor: string): Promise<void> {
    const { limits } = this.#parts
    const lanes = claims.map((claim) => claim.lane)
    if (
      lanes.length > limits.lanesPerSessionMax ||
      new Set(lanes).size < lanes.length ||
      !lanes.every(isLane)
    ) {
      throw new FoldbackError(
        'invalid-request',
        `lanes must be different, at most ${limits.lanesPerSessionMax}, and match ${lanePattern.source}`,
      )
    }
    // Where there is room for few, reading the later ones may have pushed the earlier ones out.
    for (const mark of await this.#read(lanes)) this.#hold(this.#parts.marks.keep(mark), actor)
  }

  async #read(lanes: readonly string[]): Promise<LaneMark[]> {
    const { heads, marks } = this.#parts
    for (;;) {
      const { failures } = marks
      const stored = await heads.load([], lanes)
      // What was read while a commit failed may be of before it.
      if (failures !== marks.failures) continue
      return lanes.map((lane, index) => marks.get(lane) ?? marks.install(lane, stored.marks[index]))
    }
  }

  #hold(mark: LaneMark, actor: string): void {
    if (!mark.hold(actor)) throw new FoldbackError('lane-taken')
    this.#marks.set(mark.lane, mark)
    this.#parts.delivery.lanes.add(mark.lane, this.#holder)
  }

  /**
   * The lanes as a `welcome` tells of them, as of this call: what settles later is told of by its own message.
   * Refusals that the client says it knows are forgotten.
   */
  describe(claims: readonly LaneClaim[]): Promise<WireMark[]> {
    return Promise.all(claims.map((claim) => this.#describe(claim, this.#marks.get(claim.lane)!.committed)))
  }

  async #describe({ lane, settled }: LaneClaim, mark: number): Promise<WireMark> {
    const kept = await this.#parts.ports.store.outcomes(lane, 1, mark)
    if (kept.some(({ n }) => n <= settled)) this.#parts.pipeline.forget({ lane, upTo: settled })
    const refusals: LaneRefusal[] = []
    for (const { n, outcome } of kept) {
      const text = JSON.parse(outcome) as KeptOutcome
      if (n > settled && 'refused' in text) refusals.push({ n, ...text.refused })
    }
    return { lane, mark, refusals }
  }

  release(): void {
    for (const mark of this.#marks.values()) {
      mark.release()
      this.#parts.delivery.lanes.delete(mark.lane, this.#holder)
    }
    this.#marks.clear()
  }
}

function isLane(lane: string): boolean {
  return lanePattern.test(lane)
}
