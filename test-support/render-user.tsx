import { act, render } from '@testing-library/react'
import { type ReactNode, StrictMode } from 'react'
import { Provider } from 'react-redux'
import { SyncProvider } from '@foldback/react'
import type { OrderWorld } from './order-world.ts'
import type { StoreUser } from './store-user.ts'

/** Shows what a user sees, under the real React-Redux in StrictMode. */
export function renderUser({ store, sync }: StoreUser, children: ReactNode, { isStrict = true } = {}) {
  const around = (inner: ReactNode): ReactNode => {
    const page = (
      <Provider store={store}>
        <SyncProvider sync={sync}>{inner}</SyncProvider>
      </Provider>
    )
    return isStrict ? <StrictMode>{page}</StrictMode> : page
  }
  const { container, rerender, unmount } = render(around(children))
  return {
    get text(): string {
      return container.textContent
    },
    show: (next: ReactNode) => rerender(around(next)),
    unmount,
  }
}

/** Lets everything happen that is due within so many milliseconds, and be rendered. */
export function actFor(world: OrderWorld, forMs = 1_000): Promise<void> {
  return act(() => world.run(forMs))
}
