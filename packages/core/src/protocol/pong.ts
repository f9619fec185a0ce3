/** Server → client, the answer to `ping`. */
export interface Pong {
  readonly type: 'pong'
}

export function readPong(): Pong {
  return { type: 'pong' }
}
