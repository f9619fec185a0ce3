import type { ClientPorts, Connect } from './ports.ts'

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
