import { type AnyModel, FoldbackError } from '@foldback/core'

/*
 * What takes the place of `development.ts` in a web page in production, by the conditions in package.json: nobody
 * looks at its console.
 */

export const developmentWith = (_warn: unknown): undefined => undefined

/** What else is wrong is told by what fails. */
export const checkOptions = (
  given: { readonly models?: unknown } | undefined,
  _limitsDefault: object,
): void => {
  if (!Array.isArray(given?.models)) throw new FoldbackError('misconfigured', 'models')
}

export const checkAsked = (
  _models: readonly AnyModel[],
  _model: unknown,
  _id: unknown,
  _all?: 'all',
): void => {}

export const checkRejection = (_rejection: unknown): void => {}

export const checkStoreApi = (_api: unknown): void => {}
