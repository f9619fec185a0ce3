/** How often it is looked whether everybody is done. */
const lookMs = 100

export interface QuietTimeParts {
  readonly world: { run(ms: number): Promise<void> }
  readonly isDone: () => boolean
  /** How long everybody is to be done without a break. */
  readonly quietMs: number
  /** How long it may take before they begin to be. */
  readonly longMs: number
}

/**
 * Lets time pass until everybody has been done for a while, in which all happens that follows from it, such as letting
 * go of what was only held for an action. False when somebody does not get done.
 */
export async function hasQuietTime({ world, isDone, quietMs, longMs }: QuietTimeParts): Promise<boolean> {
  let doneAt: number | undefined
  for (let ms = 0; ms < longMs || doneAt !== undefined; ms += lookMs) {
    if (!isDone()) doneAt = undefined
    else if (ms - (doneAt ??= ms) >= quietMs) return true
    await world.run(lookMs)
  }
  return false
}
