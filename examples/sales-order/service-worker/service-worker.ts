/*
 * Keeps the built page on the device, so that it opens without any network.
 *
 * What holds: a cache has the files of one build and nothing else; it is filled completely before anything is taken
 * from it, and goes when the next one is in use. The doors of the server (actions, records, events, metrics and
 * health) are never answered from here, nor is anything of theirs kept. WebSockets do not come through here at all.
 *
 * A new build takes over at once. Pages that are open go on with what they have loaded (they are one script, and ask
 * for no more files) and offer to reload.
 */

/** What this build consists of. Written in front of this script by precache-plugin.ts. */
interface Precache {
  /** Another one for other content. */
  readonly version: string
  readonly paths: readonly string[]
}

declare const self: ServiceWorkerGlobalScope & { readonly precache: Precache }

const cachePrefix = 'page-'
const cacheName = `${cachePrefix}${self.precache.version}`
const paths = new Set(self.precache.paths)
const indexPath = '/index.html'
/** A page that opens must not wait longer for a network that is hardly there. */
const navigationMsMax = 3_000
const doors = new Set(['actions', 'records', 'events', 'metrics', 'healthz', 'readyz'])

self.addEventListener('install', (event) => event.waitUntil(install()))
self.addEventListener('activate', (event) => event.waitUntil(activate()))
self.addEventListener('fetch', (event) => {
  const { request } = event
  const { origin, pathname } = new URL(request.url)
  if (request.method !== 'GET' || origin !== self.location.origin || isDoor(pathname)) return
  if (request.mode === 'navigate') event.respondWith(openPage(request))
  else if (paths.has(pathname)) event.respondWith(keptOr(pathname, () => fetch(request)))
})

const isDoor = (pathname: string) => doors.has(pathname.split('/')[1] ?? '')

async function install() {
  const cache = await caches.open(cacheName)
  // Past the browser's own cache, which may have something older.
  await cache.addAll(self.precache.paths.map((path) => new Request(path, { cache: 'reload' })))
  await self.skipWaiting()
}

async function activate() {
  const names = await caches.keys()
  const old = names.filter((name) => name.startsWith(cachePrefix) && name !== cacheName)
  await Promise.all(old.map((name) => caches.delete(name)))
  await self.clients.claim()
}

/** The newest page if the server is there, else the one that is kept. */
async function openPage(request: Request): Promise<Response> {
  try {
    const response = await fetch(request, { signal: AbortSignal.timeout(navigationMsMax) })
    if (response.status < 500) return response
    return await keptOr(indexPath, () => Promise.resolve(response))
  } catch {
    return keptOr(indexPath, () => Promise.resolve(Response.error()))
  }
}

async function keptOr(path: string, otherwise: () => Promise<Response>): Promise<Response> {
  // Not by opening it: that would bring a cache back that is gone.
  return (await caches.match(path, { cacheName })) ?? otherwise()
}
