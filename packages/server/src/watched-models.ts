import { type AnyModel, modelsByName, PurityCheck, type PurityLimits } from '@foldback/core'
import type { Logger } from 'pino'
import { logImpurity } from './log.ts'
import type { ServerOptions } from './server-options.ts'

type Options = Pick<ServerOptions<readonly AnyModel[]>, 'models' | 'development'>

/** What the option says, or else NODE_ENV. */
export function developmentOf({
  development,
}: Pick<Options, 'development'>): boolean | Partial<PurityLimits> {
  return development ?? process.env['NODE_ENV'] !== 'production'
}

/**
 * In development, the models with reducers that are watched; else as they are.
 * @throws FoldbackError `misconfigured`
 */
export function watchedModels(options: Options, log: Logger): readonly AnyModel[] {
  const { models } = options
  const development = developmentOf(options)
  if (development === false) return models
  const check = new PurityCheck({
    globals: globalThis,
    warn: (sentence, model, action) => logImpurity(log, sentence, model.name, action),
    limits: development === true ? {} : development,
  })
  return [...modelsByName(models).values()].map((model) => check.watched(model))
}
