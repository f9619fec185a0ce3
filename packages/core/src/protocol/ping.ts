/** Client → server: are you there? The server answers with `pong` at once. */
export interface Ping {
  readonly type: 'ping'
}

export function readPing(): Ping {
  return { type: 'ping' }
}
