import { useEffect, useLayoutEffect, useRef } from 'react'
import { AppHeader } from './components/app-header.tsx'
import { ConnectionBar } from './components/connection-bar.tsx'
import { Notice } from './components/notice.tsx'
import { AttentionPage } from './pages/attention-page.tsx'
import { BoardPage } from './pages/board-page.tsx'
import { OrderListPage } from './pages/order-list-page.tsx'
import { OrderPage } from './pages/order-page.tsx'
import { StockPage } from './pages/stock-page.tsx'
import { ordersHref, useRoute, type Route } from './router.ts'
import { useSettings } from './settings.ts'
import { showTheme } from './theme.ts'

export function App() {
  const route = useRoute()
  const { theme } = useSettings()
  useLayoutEffect(() => showTheme(theme), [theme])
  const main = useFocusOnChange<HTMLElement>(route.page === 'order' ? route.id : route.page)
  return (
    <>
      <AppHeader page={route.page} onSkip={() => main.current?.focus()} />
      <main ref={main} tabIndex={-1} className="page">
        <Page route={route} />
      </main>
      <ConnectionBar />
    </>
  )
}

function Page({ route }: { route: Route }) {
  switch (route.page) {
    case 'orders':
      return <OrderListPage />
    case 'order':
      return <OrderPage key={route.id} id={route.id} />
    case 'board':
      return <BoardPage />
    case 'stock':
      return <StockPage />
    case 'attention':
      return <AttentionPage />
    case 'unknown':
      return (
        <Notice title="There is nothing at this address">
          <a className="button" href={ordersHref}>
            Go to all orders
          </a>
        </Notice>
      )
  }
}

/** Keyboards and screen readers go on at the new page, not where the link was that led to it. */
function useFocusOnChange<Element extends HTMLElement>(place: string) {
  const ref = useRef<Element>(null)
  const last = useRef(place)
  useEffect(() => {
    if (last.current === place) return
    last.current = place
    ref.current?.focus({ preventScroll: true })
  }, [place])
  return ref
}
