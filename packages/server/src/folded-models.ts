import { type AnyModel, modelsByName, PurityCheck, type PurityLimits } from '@foldback/core'
import type { Logger } from 'pino'
import { logImpurity } from './log.ts'
import type { ServerOptions } from './server-options.ts'
import { unfrozenModels } from './unfrozen-models.ts'

type Options = Pick<ServerOptions<readonly AnyModel[]>, 'models' | 'development'>

/** What the option says, or else NODE_ENV. */
export function developmentOf({
  development,
}: Pick<Options, 'development'>): boolean | Partial<PurityLimits> {
  return development ?? process.env['NODE_ENV'] !== 'production'
}

/**
 * The models as this server folds them: in development with reducers that are watched, else with reducers that are
 * spared what only helps developers.
 * @throws FoldbackError `misconfigured`
 */
export async function foldedModels(options: Options, log: Logger): Promise<readonly AnyModel[]> {
  const { models } = options
  const development = developmentOf(options)
  if (development === false) return unfrozenModels(models)
  const check = new PurityCheck({
    globals: globalThis,
    warn: (sentence, model, action) => logImpurity(log, sentence, model.name, action),
    limits: development === true ? {} : development,
  })
  return [...modelsByName(models).values()].map((model) => check.watched(model))
}
