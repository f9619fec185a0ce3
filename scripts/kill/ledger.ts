/** What clients were told: nothing of it may turn out untrue, whatever was killed meanwhile. */
export class Ledger {
  readonly accepted = new Set<string>()
  readonly refused = new Set<string>()
  /** Actions that a device has called safe. */
  readonly queued = new Set<string>()
  /** Sentences about answers that cannot both be true. */
  readonly contradictions: string[] = []

  accept(id: string): void {
    this.accepted.add(id)
    if (this.refused.has(id)) this.contradictions.push(`${id} was refused, and then accepted`)
  }

  refuse(id: string): void {
    this.refused.add(id)
    if (this.accepted.has(id)) this.contradictions.push(`${id} was accepted, and then refused`)
  }

  /** Actions whose outcome somebody was told. */
  get settledCount(): number {
    return this.accepted.size + this.refused.size
  }
}
