/** The WebSocket subprotocol this package speaks. Another major version gets another name. */
export const subprotocol = 'foldback.v1'

/** The `protocol` number of a `hello`. */
export const protocolVersion = 1

/** A frame is a JSON list of messages, in order. This makes one of messages that are JSON text already. */
export function encodeFrame(messages: readonly string[]): string {
  return `[${messages.join(',')}]`
}

/** The messages of a frame, not looked at yet; undefined when the text is no JSON list. */
export function decodeFrame(text: string): readonly unknown[] | undefined {
  try {
    const frame: unknown = JSON.parse(text)
    return Array.isArray(frame) ? frame : undefined
  } catch {
    return undefined
  }
}

/** Reasons for which either side closes a WebSocket, beside the standard ones. */
export const closeCodes = {
  /** Whoever is at the other end goes away: a proxy that ends, or a gateway at the end of its time. */
  goingAway: 1001,
  /** The server shuts down, having settled what it had taken: connect again after a random while. */
  restarting: 1012,
  /** A frame was over the limit. */
  tooLarge: 1009,
  /** The server failed at opening the session, or the client was too slow or silent; connecting again may help. */
  tryAgainLater: 1013,
  /** What came was not of the protocol, or not of this version of it. */
  protocolError: 4400,
  /** `authenticate` did not know the user, or the session has expired. */
  unauthenticated: 4401,
  /** The session may not use what it claims, such as another user's lane. */
  forbidden: 4403,
} as const
