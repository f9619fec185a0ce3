import { createSync, indexedDb, type Sync } from '@foldback/client'
import { configureStore, type UnknownAction } from '@reduxjs/toolkit'
import { models, orders } from './browser-models.ts'

/*
 * The app that runs in the browser: it writes all its records on the page, and a test acts through `window.app`. The
 * address says which server, which user and which limits, so that a reload is the same page again.
 */

export interface PageApp {
  readonly sync: Sync<typeof models>
  dispatch(action: UnknownAction): void
  /** From now on this user's token is sent. */
  signIn(user: string): void
  /** Everything that was on the page since it opened. */
  readonly seen: readonly string[]
}

declare global {
  interface Window {
    readonly app: PageApp
    /** Called when the app is there, before it connects. */
    onApp?: (app: PageApp) => void
  }
}

const query = new URLSearchParams(location.search)
let user = query.get('user') ?? undefined

const sync = createSync({
  url: `ws://127.0.0.1:${query.get('port')}`,
  models,
  outbox: indexedDb(),
  token: () => user,
  limits: JSON.parse(query.get('limits') ?? '{}') as object,
})
const store = configureStore({
  reducer: { ...sync.reducers },
  middleware: (getDefault) => getDefault().concat(sync.middleware),
})

const seen: string[] = []

function show(): void {
  const { order, board, theme } = store.getState()
  const lineOf = (name: string, items: readonly string[]): string => [`${name}:`, ...items].join(' ')
  // In which order they were seen first is this page's own business.
  const lines = [...order.ids].sort().map((id) => lineOf(id, order.entities[id]!.lines))
  const text = [...lines, lineOf('board', board.notes), lineOf('theme', theme.colors)].join('\n')
  if (text === seen.at(-1)) return
  seen.push(text)
  document.body.innerText = text
}

store.subscribe(show)
show()
const app: PageApp = {
  sync,
  dispatch: (action) => void store.dispatch(action),
  signIn(name) {
    user = name
    sync.connect()
  },
  seen,
}
Object.assign(window, { app })
sync.subscribe(orders)
window.onApp?.(app)
if (query.get('connect') !== 'no') sync.connect()
