import { deviceStorage } from './device-storage.ts'
import type { Theme } from './model/settings.ts'

/** index.html reads it before anything is drawn. */
const key = 'sales-order.theme'

/** The theme that the page had on this device the last time. */
export function lastTheme(): Theme {
  const kept = deviceStorage.get(key)
  return kept === 'light' || kept === 'dark' ? kept : 'system'
}

export function showTheme(theme: Theme) {
  deviceStorage.set(key, theme)
  document.documentElement.dataset['theme'] = theme
}
