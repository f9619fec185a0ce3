import { type AnyModel, defineModel } from '@foldback/core'

interface Thing {
  readonly id: string
  readonly text: string
}

interface ThingAction {
  readonly type: string
  readonly payload: { readonly id: string; readonly text?: string }
}

const loopLength = 20_000_000

/** Whatever a reducer can do wrong, by the type of its action. */
function thing(
  state: Thing | null = null,
  { type, payload }: Partial<ThingAction> & { type: string },
): Thing | null {
  const { id = '', text = '' } = payload ?? {}
  switch (type) {
    case 'thing/written':
      return { id, text }
    case 'thing/thrown':
      throw new Error('This reducer throws.')
    case 'thing/promised':
      return Promise.resolve(state) as unknown as Thing
    case 'thing/looped': {
      let sum = 0
      for (let index = 0; index < loopLength; index++) sum += Math.sqrt(index)
      return { id, text: String(sum) }
    }
    default:
      return state
  }
}

const creatorOf = (type: string) =>
  Object.assign((payload: ThingAction['payload']) => ({ type, payload }), { type })

/** Every type that the server knows. */
export const thingActions = {
  written: creatorOf('thing/written'),
  thrown: creatorOf('thing/thrown'),
  promised: creatorOf('thing/promised'),
  looped: creatorOf('thing/looped'),
}

export const models: readonly AnyModel[] = [
  defineModel(
    { name: 'thing', reducer: thing, actions: thingActions },
    { streamId: ({ payload }) => payload.id },
  ),
]
