import { useLayoutEffect, useSyncExternalStore } from 'react'

export type Route =
  | { page: 'orders' }
  | { page: 'order'; id: string }
  | { page: 'board' }
  | { page: 'stock' }
  | { page: 'attention' }
  | { page: 'unknown' }

export const ordersHref = '#/'
export const boardHref = '#/board'
export const stockHref = '#/stock'
export const attentionHref = '#/attention'
export const orderHref = (id: string) => `#/orders/${encodeURIComponent(id)}`

export const navigate = (href: string) => location.assign(href)

/** Every address leads to the page: `/board`, as one says it, is `/#/board`. */
export function takePathAsRoute() {
  if (location.pathname !== '/') history.replaceState(null, '', `/#${location.pathname}`)
}

export function useRoute(): Route {
  const hash = useSyncExternalStore(subscribe, readHash)
  useScrollPosition(hash)
  return routeOf(hash)
}

function routeOf(hash: string): Route {
  if (hash === '' || hash === '#' || hash === ordersHref) return { page: 'orders' }
  if (hash === boardHref) return { page: 'board' }
  if (hash === stockHref) return { page: 'stock' }
  if (hash === attentionHref) return { page: 'attention' }
  const encoded = /^#\/orders\/([^/]+)$/.exec(hash)?.[1]
  const id = encoded && decode(encoded)
  return id ? { page: 'order', id } : { page: 'unknown' }
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

const readHash = () => location.hash

function subscribe(changed: () => void) {
  addEventListener('hashchange', changed)
  return () => removeEventListener('hashchange', changed)
}

const scrollTops = new Map<string, number>()

/** Lists are found where they were left; an order begins at its top. */
function useScrollPosition(hash: string) {
  useLayoutEffect(() => {
    history.scrollRestoration = 'manual'
    scrollTo({ top: scrollTops.get(hash) ?? 0, behavior: 'instant' })
    if (routeOf(hash).page === 'order') return
    const remember = () => scrollTops.set(hash, scrollY)
    addEventListener('scroll', remember, { passive: true })
    return () => removeEventListener('scroll', remember)
  }, [hash])
}
