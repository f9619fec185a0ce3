import type { ClientPorts, Connect, Hint } from './ports.ts'

/** The real world, in a browser and in Node alike. */
export const browserPorts: ClientPorts = {
  clock: {
    now: () => Date.now(),
    after(delayMs, run) {
      const timer = setTimeout(run, delayMs)
      return () => clearTimeout(timer)
    },
  },
  random: {
    id: () => base64url(crypto.getRandomValues(new Uint8Array(16))),
    fraction: () => Math.random(),
  },
  connect: connectWebSocket,
  soon: (run) => queueMicrotask(run),
  warn: (message, cause) => (cause === undefined ? console.warn(message) : console.warn(message, cause)),
  hints: listenForHints,
}

/** Workers have no document, and Node has nothing that would say so. */
function listenForHints(listener: (hint: Hint) => void): () => void {
  if (typeof addEventListener === 'undefined') return () => {}
  const ended = new AbortController()
  const { signal } = ended
  addEventListener('online', () => listener('online'), { signal })
  addEventListener('offline', () => listener('offline'), { signal })
  // A page that comes out of the back/forward cache, and one whose tab is looked at again.
  addEventListener('pageshow', () => listener('visible'), { signal })
  if (typeof document !== 'undefined') {
    const look = (): void => {
      if (!document.hidden) listener('visible')
    }
    document.addEventListener('visibilitychange', look, { signal })
  }
  // Not just falsy: not everything that has a navigator knows.
  if (!(navigator.onLine ?? true)) listener('offline')
  return () => ended.abort()
}

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}

function connectWebSocket(...[url, subprotocol, handlers]: Parameters<Connect>): ReturnType<Connect> {
  const socket = new WebSocket(url, subprotocol)
  socket.addEventListener('open', () => handlers.opened())
  socket.addEventListener('message', (message) => handlers.received(String(message.data)))
  socket.addEventListener('close', ({ code, reason }) => handlers.closed(code, reason))
  return {
    send: (text) => socket.send(text),
    close: () => socket.close(1000),
  }
}
