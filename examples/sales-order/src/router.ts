import { useLayoutEffect, useSyncExternalStore } from 'react'

export type Route = { page: 'orders' } | { page: 'order'; id: string } | { page: 'unknown' }

export const ordersHref = '#/'
export const orderHref = (id: string) => `#/orders/${encodeURIComponent(id)}`

export const navigate = (href: string) => location.assign(href)

export function useRoute(): Route {
  const hash = useSyncExternalStore(subscribe, readHash)
  useScrollPosition(hash)
  return routeOf(hash)
}

function routeOf(hash: string): Route {
  if (hash === '' || hash === '#' || hash === ordersHref) return { page: 'orders' }
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

/** The list is found where it was left; an order begins at its top. */
function useScrollPosition(hash: string) {
  useLayoutEffect(() => {
    history.scrollRestoration = 'manual'
    scrollTo({ top: scrollTops.get(hash) ?? 0, behavior: 'instant' })
    if (routeOf(hash).page !== 'orders') return
    const remember = () => scrollTops.set(hash, scrollY)
    addEventListener('scroll', remember, { passive: true })
    return () => removeEventListener('scroll', remember)
  }, [hash])
}
