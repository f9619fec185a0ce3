import { useSyncExternalStore } from 'react'
import { sync } from './store.ts'

let isOffline = false

// A try to connect again does not end it: texts that come and go with each would only flicker.
sync.onChange(() => {
  const { phase } = sync.status
  if (phase !== 'connecting') isOffline = phase === 'waiting'
})

const subscribe = (listener: () => void) => sync.onChange(listener)

/** True from when the connection was lost, or not to be had, until it is there. */
export const useIsOffline = () => useSyncExternalStore(subscribe, () => isOffline)
