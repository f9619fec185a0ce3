import { createSync, memoryOutbox } from '@foldback/client'
import { SyncProvider, SyncStatus, useCollection, useRecord } from '@foldback/react'
import { configureStore } from '@reduxjs/toolkit'
import { act } from '@testing-library/react'
import { hydrateRoot } from 'react-dom/client'
import { renderToString } from 'react-dom/server'
import { Provider } from 'react-redux'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { created, models } from '../../../test-support/order-models.ts'
import { OrderWorld } from '../../../test-support/order-world.ts'
import { actFor } from '../../../test-support/render-user.tsx'
import { createUser } from '../../../test-support/store-user.ts'

/* Pages that are rendered on the server, where nothing is connected, and go on in the browser. */

const [orders, note] = models

beforeEach(() => {
  vi.spyOn(console, 'error')
})

afterEach(() => {
  // React reports there what the browser renders otherwise than the server did.
  expect(console.error).not.toHaveBeenCalled()
  vi.restoreAllMocks()
})

function Orders() {
  const order = useRecord(orders, '1')
  const { text } = useRecord(note)
  const all = useCollection(orders)
  return (
    <p>
      {order === undefined ? 'loading' : order?.customer}, {all?.length ?? 'loading'}, note {`"${text}"`}
    </p>
  )
}

function Page({ user: { sync, store } }: { user: Pick<ReturnType<typeof createUser>, 'sync' | 'store'> }) {
  return (
    <Provider store={store}>
      <SyncProvider sync={sync}>
        <Orders />
        <SyncStatus />
      </SyncProvider>
    </Provider>
  )
}

it('a server renders what is not loaded as undefined, and touches nothing outside for it', () => {
  const outside = vi.fn(() => {
    throw new Error('The world outside was touched.')
  })
  const outbox = memoryOutbox()
  for (const name of ['open', 'transact', 'lock', 'persist'] as const)
    vi.spyOn(outbox, name).mockImplementation(outside)
  const user = createUser(
    {
      clock: { now: outside, after: outside },
      random: { id: () => 'a lane', fraction: outside },
      connect: outside,
    },
    { outbox },
  )
  expect(renderToString(<Page user={user} />)).toContain('loading<!-- -->, <!-- -->loading')
  expect(outside).not.toHaveBeenCalled()
  expect(user.sync.status).toMatchObject({ phase: 'idle', storage: 'opening' })
})

it('a server that is given no ports sets no timer and opens no connection', () => {
  const spies = [
    vi.spyOn(globalThis, 'setTimeout'),
    vi.spyOn(globalThis, 'setInterval'),
    vi.spyOn(globalThis, 'queueMicrotask'),
    vi.spyOn(globalThis, 'addEventListener'),
    vi.spyOn(globalThis, 'WebSocket'),
  ]
  const sync = createSync({ url: 'ws://nowhere', models })
  configureStore({
    reducer: { ...sync.reducers },
    middleware: (getDefault) => getDefault().concat(sync.middleware),
  })
  expect(sync.record(orders, '1')).toBeUndefined()
  for (const spy of spies) expect(spy).not.toHaveBeenCalled()
})

it('the page takes over what the server rendered, connects, and shows what there is', async () => {
  const world = await OrderWorld.start()
  await world.foreign(created('1'))
  const container = document.createElement('div')
  container.innerHTML = renderToString(<Page user={world.user()} />)
  const rendered = container.firstElementChild
  const ann = world.user()
  const root = await act(async () => hydrateRoot(container, <Page user={ann} />))
  expect(container.firstElementChild).toBe(rendered)
  expect(container.textContent).toContain('loading, loading, note ""')
  act(() => ann.sync.connect())
  await actFor(world)
  expect(container.textContent).toContain('Ada, 1, note ""')
  act(() => root.unmount())
})
