import { type ClientPorts, createSync, type SyncOptions } from '@foldback/client'
import {
  configureStore,
  createListenerMiddleware,
  createSlice,
  type StoreEnhancer,
  type UnknownAction,
} from '@reduxjs/toolkit'
import { models } from './order-models.ts'

/** A slice that is not synced: it writes down what it sees, and throws when it is told to. */
const journalSlice = createSlice({
  name: 'journal',
  initialState: { seen: [] as string[] },
  reducers: {},
  extraReducers: (builder) =>
    builder.addMatcher(
      ({ type }: UnknownAction) => !type.startsWith('@@'),
      (state, { type, payload }: UnknownAction) => {
        if ((payload as { customer?: unknown } | undefined)?.customer === 'throw in the journal') {
          throw new Error('The journal is full.')
        }
        state.seen.push(type)
      },
    ),
})

export type UserPorts = Pick<ClientPorts, 'clock' | 'random' | 'connect' | 'hints'>

export interface UserOptions extends Partial<Omit<SyncOptions<typeof models>, 'models' | 'ports'>> {
  readonly name?: string
  /** Goes innermost, where the DevTools' own is. */
  readonly enhancer?: StoreEnhancer
}

/**
 * One user with a page open: a real Redux Toolkit store with its development middleware and a listener middleware
 * in front, and a sync behind.
 */
export function createUser({ clock, random, connect, hints }: UserPorts, options: UserOptions = {}) {
  const { name = 'ann', enhancer, ...rest } = options
  const warnings: string[] = []
  /** What was at fault, beside each warning. */
  const causes: unknown[] = []
  const sync = createSync({
    url: 'ws://simulated',
    models,
    token: () => name,
    development: true,
    ports: {
      clock,
      random,
      connect,
      soon: (run) => void clock.after(0, run),
      warn(message, cause) {
        warnings.push(message)
        causes.push(cause)
      },
      ...(hints !== undefined && { hints }),
    },
    ...rest,
  })
  const listener = createListenerMiddleware()
  const heard: UnknownAction[] = []
  listener.startListening({
    predicate: () => true,
    effect: (action) => void heard.push(action),
  })
  const store = configureStore({
    reducer: { ...sync.reducers, journal: journalSlice.reducer },
    middleware: (getDefault) => getDefault().prepend(listener.middleware).concat(sync.middleware),
    devTools: false,
    enhancers: (getDefault) => (enhancer === undefined ? getDefault() : getDefault().concat(enhancer)),
  })
  return {
    sync,
    store,
    listener,
    warnings,
    causes,
    /** Actions as a listener heard them. */
    heard,
    dispatch: store.dispatch,
    /** An order as the store shows it. */
    order: (id: string) => store.getState().order.entities[id],
    /** Types that a slice which is not synced has seen. */
    get seen(): readonly string[] {
      return store.getState().journal.seen
    },
  }
}

export type StoreUser = ReturnType<typeof createUser>
