import { FoldbackError, type LaneClaim, type LaneMark as WireMark, type LaneRefusal } from '@foldback/core'
import type { LaneHolder } from './delivery.ts'
import type { EngineParts } from '../engine-parts.ts'
import type { LaneMark } from '../heads/lane-marks.ts'
import { countedAs, type Session } from '../rules.ts'
import type { KeptOutcome } from '../turns/submission.ts'

const lanePattern = /^[A-Za-z0-9_-]{16,64}$/

interface HeldLane {
  readonly mark: LaneMark
  /** Up to which n the client knew the outcomes when it said hello. */
  readonly settled: number
}

/** The lanes that one session holds: one, as a rule. */
export class HeldLanes {
  readonly #parts: EngineParts
  readonly #holder: LaneHolder
  #held: readonly HeldLane[] = []
  /** Whose lanes they are counted as. */
  #user = ''

  constructor(parts: EngineParts, holder: LaneHolder) {
    this.#parts = parts
    this.#holder = holder
  }

  has(lane: string): boolean {
    for (const { mark } of this.#held) if (mark.lane === lane) return true
    return false
  }

  /** True while the store has not said yet how far a lane is: after a commit that failed or could not be told. */
  get areStale(): boolean {
    for (const { mark } of this.#held) if (mark.isStale) return true
    return false
  }

  /** Asks the store how far the lanes are. */
  async refresh(): Promise<void> {
    const stale = this.#held.filter(({ mark }) => mark.isStale)
    await this.#read(stale.map(({ mark }) => mark.lane))
  }

  /** How far each lane is settled, as of now; lanes that have not begun are left out. */
  get settled(): { [lane: string]: number } {
    const settled: { [lane: string]: number } = {}
    for (const { mark } of this.#held) if (mark.committed > 0) settled[mark.lane] = mark.committed
    return settled
  }

  /**
   * Takes hold of the lanes a `hello` names.
   * @throws FoldbackError `invalid-request`, `lane-taken`, `too-many-lanes`
   */
  async claim(claims: readonly LaneClaim[], session: Session): Promise<void> {
    const lanes = claims.map((claim) => claim.lane)
    this.#check(lanes)
    this.#user = countedAs(session)
    this.#checkCount(lanes.length)
    const marks = await this.#read(lanes)
    this.#checkCount(lanes.length)
    // Where there is room for few, reading the later ones may have pushed the earlier ones out.
    for (const [index, mark] of marks.entries())
      this.#hold(this.#parts.marks.keep(mark), claims[index]!.settled, session.actor)
  }

  #check(lanes: readonly string[]): void {
    const { limits, ports } = this.#parts
    const isTooMany = lanes.length > limits.lanesPerSessionMax
    if (isTooMany) ports.limited?.('lanesPerSessionMax')
    if (isTooMany || new Set(lanes).size < lanes.length || !lanes.every(isLane)) {
      throw new FoldbackError(
        'invalid-request',
        `lanes must be different, at most ${limits.lanesPerSessionMax}, and match ${lanePattern.source}`,
      )
    }
  }

  #checkCount(count: number): void {
    const { limits, ports, tallies } = this.#parts
    if (tallies.lanes.of(this.#user) + count <= limits.lanesPerUserMax) return
    ports.limited?.('lanesPerUserMax')
    throw new FoldbackError('too-many-lanes')
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

  #hold(mark: LaneMark, settled: number, actor: string): void {
    if (!mark.hold(actor)) throw new FoldbackError('lane-taken')
    this.#held = this.#held.concat({ mark, settled })
    this.#parts.tallies.lanes.add(this.#user)
    this.#parts.delivery.lanes.add(mark.lane, this.#holder)
  }

  /**
   * The lanes as a `welcome` tells of them, as of this call: what settles later is told of by its own message.
   * Refusals that the client says it knows are forgotten.
   */
  describe(): Promise<WireMark[]> {
    return Promise.all(
      this.#held.map(({ mark, settled }) => this.#describe(mark.lane, settled, mark.committed)),
    )
  }

  async #describe(lane: string, settled: number, mark: number): Promise<WireMark> {
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
    for (const { mark } of this.#held) {
      mark.release()
      this.#parts.tallies.lanes.remove(this.#user)
      this.#parts.delivery.lanes.delete(mark.lane, this.#holder)
    }
    this.#held = []
  }
}

function isLane(lane: string): boolean {
  return lanePattern.test(lane)
}
