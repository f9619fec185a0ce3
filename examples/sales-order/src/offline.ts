import { clientLimitsDefault } from '@foldback/client'
import { useSyncExternalStore } from 'react'
import { sync } from './store.ts'

let isOffline = false
let isInDoubt = false
let timer: ReturnType<typeof setTimeout> | undefined
const listeners = new Set<() => void>()

// A try to connect again does not end it: texts that come and go with each would only flicker.
sync.onChange(() => {
  const { phase } = sync.status
  if (phase !== 'connecting') isOffline = phase === 'waiting'
  if (phase !== 'connected') setInDoubt(false)
  tell()
})

// The network has gone, and the connection says nothing more or is still there, as one to this very device.
addEventListener('offline', () => setInDoubt(sync.status.phase === 'connected'))
addEventListener('online', () => setInDoubt(false))

function setInDoubt(next: boolean) {
  clearTimeout(timer)
  if (next) timer = setTimeout(() => setInDoubt(false), clientLimitsDefault.wakeMsMax)
  if (next === isInDoubt) return
  isInDoubt = next
  tell()
}

function tell() {
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void) {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

/** True from when the connection was lost, or not to be had, until it is there. */
export const useIsOffline = () => useSyncExternalStore(subscribe, () => isOffline)

/** True while the device says that it has no network, and it turns out whether the server can be reached. */
export const useIsInDoubt = () => useSyncExternalStore(subscribe, () => isInDoubt)
