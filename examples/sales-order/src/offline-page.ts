import { useSyncExternalStore } from 'react'

let isNewer = false
const listeners = new Set<() => void>()

/**
 * Lets the service worker keep the page on this device, so that it opens without any network. Where there is none,
 * as over plain http to another machine, the page works all the same while the server is there.
 */
export function keepForOffline() {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return
  const { serviceWorker } = navigator
  // The first one takes this very page over; a later one brings another.
  let isKept = serviceWorker.controller !== null
  serviceWorker.addEventListener('controllerchange', () => {
    if (isKept) {
      isNewer = true
      for (const listener of listeners) listener()
    }
    isKept = true
  })
  serviceWorker.register('/service-worker.js').catch((cause: unknown) => {
    console.info('The page cannot be kept for offline use.', cause)
  })
}

function subscribe(listener: () => void) {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

/** True when a newer version of the page is on this device than the one that is open. */
export const useIsNewerPageKept = () => useSyncExternalStore(subscribe, () => isNewer)
