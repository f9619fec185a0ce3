import { useSyncExternalStore } from 'react'
import { deviceStorage } from './device-storage.ts'

const key = 'sales-order.user'
let name = deviceStorage.get(key)
const listeners = new Set<() => void>()

/** Who uses this device, as they have said; undefined: nobody has. An app of your own keeps a real token here. */
export const userName = () => name

export function setUserName(next: string | undefined) {
  name = next
  deviceStorage.set(key, next)
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void) {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

export const useUserName = () => useSyncExternalStore(subscribe, userName)
