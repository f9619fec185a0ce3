/** What stays on this device from one visit to the next. A browser may forbid it: then it lasts as long as the page. */
export const deviceStorage = {
  get(key: string): string | undefined {
    try {
      return localStorage.getItem(key) ?? undefined
    } catch {
      return undefined
    }
  },
  set(key: string, value: string | undefined): void {
    try {
      if (value === undefined) localStorage.removeItem(key)
      else localStorage.setItem(key, value)
    } catch {
      // There is nothing to be done about it, and the page works without.
    }
  },
}
