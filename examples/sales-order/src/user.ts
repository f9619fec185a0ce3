import { useSyncExternalStore } from 'react'
import { deviceStorage } from './device-storage.ts'
import { nobody } from './model/user-name.ts'

const key = 'sales-order.user'
let name = deviceStorage.get(key)
const listeners = new Set<() => void>()

/** Who uses this device, as they have said; undefined: nobody has. An app of your own keeps a real token here. */
export const userName = () => name

/** Who that is to the server. */
export const actorName = () => name ?? nobody

export function setUserName(next: string | undefined) {
  deviceStorage.set(key, next)
  become(next)
}

/** Takes over what was said in another tab. */
export const takeKeptUserName = () => become(deviceStorage.get(key))

function become(next: string | undefined) {
  name = next
  for (const listener of listeners) listener()
}

/** Calls back when somebody has signed in or out in another tab; late where this page was frozen meanwhile. */
export function onOtherUserName(listener: () => void) {
  const look = () => deviceStorage.get(key) !== name && listener()
  addEventListener('storage', look)
  addEventListener('pageshow', ({ persisted }) => persisted && look())
}

function subscribe(listener: () => void) {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

export const useUserName = () => useSyncExternalStore(subscribe, userName)
