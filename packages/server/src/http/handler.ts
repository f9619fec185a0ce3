import type { IncomingMessage, ServerResponse } from 'node:http'
import { messageOf } from '@foldback/core'

/** What answers the requests that are for none of the doors: a request listener, or middleware that may pass on. */
export type Handler = (
  request: IncomingMessage,
  response: ServerResponse,
  next: (fault?: unknown) => void,
) => unknown

/** Resolves when the handler has passed the request on or answered it; rejects when it failed. */
export function handOver(
  handler: Handler,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<'passed on' | 'answered'> {
  return new Promise((resolve, reject) => {
    const next = (fault?: unknown): void => {
      if (fault === undefined || fault === null) resolve('passed on')
      else reject(fault instanceof Error ? fault : new Error(messageOf(fault)))
    }
    response.on('close', () => resolve('answered'))
    Promise.resolve(handler(request, response, next)).catch(reject)
  })
}
