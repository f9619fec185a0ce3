import { type AnyModel, FoldbackError } from '@foldback/core'
import type { AnyRules, ModelRules, Verdict } from '../rules.ts'

const ruleNames: { readonly [Name in keyof Required<ModelRules<unknown>>]: true } = {
  canDispatch: true,
  canRead: true,
  guard: true,
  enrich: true,
}

const listOfRules = Object.keys(ruleNames).join(', ')

/**
 * A rule that is misspelled would be a door left open, so every name is checked.
 * @throws FoldbackError `misconfigured`
 */
export function checkRules(rules: AnyRules, models: ReadonlyMap<string, AnyModel>): void {
  if (!isObject(rules))
    throw misconfigured('rules must be an object of rules by model, such as { salesOrder: { guard } }')
  for (const [model, modelRules] of Object.entries(rules)) {
    if (!models.has(model))
      throw misconfigured(
        `there are rules for ${model}, but no such model; there are ${[...models.keys()].join(', ')}`,
      )
    if (modelRules !== undefined && !isObject(modelRules))
      throw misconfigured(`rules.${model} must be an object of rules: ${listOfRules}`)
    for (const [name, rule] of Object.entries(modelRules ?? {})) {
      if (!Object.hasOwn(ruleNames, name))
        throw misconfigured(
          `rules.${model} has a rule named ${name}, and there is none; there are ${listOfRules}`,
        )
      if (typeof rule !== 'function') throw misconfigured(`rules.${model}.${name} must be a function`)
    }
  }
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function misconfigured(detail: string): FoldbackError {
  return new FoldbackError('misconfigured', detail)
}

/** What a rule really answered, whatever its type says. @throws TypeError, when it is no answer. */
export function checkedVerdict(answer: unknown): Verdict | false {
  if (answer === undefined || typeof answer === 'boolean' || typeof answer === 'string') return answer
  if (isReason(answer)) return answer
  throw new TypeError(
    'a rule must answer with nothing, true, a sentence, or { code, message }, and not with a promise',
  )
}

function isReason(answer: unknown): answer is { code: string; message: string } {
  if (typeof answer !== 'object' || answer === null) return false
  const { code, message } = answer as { code?: unknown; message?: unknown }
  return typeof code === 'string' && typeof message === 'string'
}
