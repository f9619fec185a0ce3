import { FoldbackError } from '../foldback-error.ts'

/** Bounds of the checks of reducers. */
export interface PurityLimits {
  /** Values of a state, and of an action, that are compared before and after each call of a reducer; 0 for none. */
  readonly comparedValuesMax: number
}

export const purityLimitsDefault: PurityLimits = { comparedValuesMax: 1_000 }

/** The defaults with these changes, each checked. @throws FoldbackError `misconfigured` */
export function purityLimits(changes: Partial<PurityLimits> = {}): PurityLimits {
  for (const [name, value] of Object.entries(changes)) {
    if (!Object.hasOwn(purityLimitsDefault, name))
      throw new FoldbackError('misconfigured', `development has no option ${name}`)
    if (!Number.isSafeInteger(value) || value < 0)
      throw new FoldbackError('misconfigured', `development.${name} must be a whole number from 0`)
  }
  return { ...purityLimitsDefault, ...changes }
}
