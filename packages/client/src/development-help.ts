import { type AnyModel, PurityCheck, type PurityLimits } from '@foldback/core'
import type { ClientPorts } from './ports.ts'
import { SyncLog, type SyncLogSource, syncLogConnection } from './sync-log.ts'

/** What a client does for its developers, and for nobody else. */
export class DevelopmentHelp {
  readonly #purity: PurityCheck
  readonly #log: SyncLog | undefined

  /** @throws FoldbackError `misconfigured`, for limits that are none. */
  constructor(ports: ClientPorts, limits: Partial<PurityLimits>) {
    this.#purity = new PurityCheck({
      globals: globalThis,
      warn: (sentence, _model, action) => ports.warn(sentence, action),
      limits,
    })
    const connection = syncLogConnection(globalThis)
    this.#log = connection && new SyncLog(connection)
  }

  /** The model as it is folded: its reducer is watched. */
  watched(model: AnyModel): AnyModel {
    return this.#purity.watched(model)
  }

  /** So many pending actions of a record were folded again. */
  refolded(model: AnyModel, id: string, count: number): void {
    this.#log?.refolded(model, id, count)
  }

  /** Something may have changed. */
  look(source: SyncLogSource): void {
    this.#log?.look(source)
  }
}

declare const process: { readonly env: { readonly NODE_ENV?: string } }

/**
 * The help that is asked for: none, not even its code, where a bundler puts 'production' in the place of NODE_ENV, and
 * none where nothing says what NODE_ENV is.
 * @throws FoldbackError `misconfigured`, for limits that are none.
 */
export function developmentHelp(
  asked: boolean | Partial<PurityLimits>,
  ports: ClientPorts,
): DevelopmentHelp | undefined {
  if (asked === false) return undefined
  const Help = helpThere()
  return Help && new Help(ports, asked === true ? {} : asked)
}

function helpThere(): typeof DevelopmentHelp | undefined {
  try {
    return helpUnlessProduction()
  } catch {
    return undefined
  }
}

/** By itself, because some bundlers keep everything that stands in a `try`. */
function helpUnlessProduction(): typeof DevelopmentHelp | undefined {
  return process.env.NODE_ENV === 'production' ? undefined : DevelopmentHelp
}
