import { type AnyModel, modelsByName } from '@foldback/core'

/** What is needed of the library that Redux Toolkit's reducers are made of. */
interface Immer {
  readonly produce: (state: object, recipe: (draft: { isProbe?: boolean }) => void) => object
  readonly setAutoFreeze: (isOn: boolean) => void
}

/**
 * The models, with reducers during which Immer does not freeze what it makes: two fifths of what folding costs, more
 * with longer lists. It is switched off only while one of these reducers runs, which is synchronous, so what else uses
 * Immer in the process has its results frozen as ever.
 *
 * Immer is that of the application, where Node finds it from here, as with npm's flat folders. Where it does not, or
 * finds another copy than the reducers use, or the application has switched freezing off, nothing is different.
 */
export async function unfrozenModels(models: readonly AnyModel[]): Promise<readonly AnyModel[]> {
  const immer = await findImmer()
  if (immer === undefined || !isFreezing(immer)) return models
  return [...modelsByName(models).values()].map((model) => unfrozen(model, immer))
}

async function findImmer(): Promise<Immer | undefined> {
  try {
    return await import('immer')
  } catch {
    return undefined
  }
}

function isFreezing({ produce }: Immer): boolean {
  return Object.isFrozen(produce({}, (draft) => void (draft.isProbe = true)))
}

function unfrozen(model: AnyModel, { setAutoFreeze }: Immer): AnyModel {
  const { reducer } = model
  return {
    ...model,
    reducer: (state, action) => {
      setAutoFreeze(false)
      try {
        return reducer(state, action)
      } finally {
        setAutoFreeze(true)
      }
    },
  }
}
