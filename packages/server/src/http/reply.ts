import { STATUS_CODES } from 'node:http'
import { type ErrorCode, refusal, statusOf } from '@foldback/core'

/** An answer to an HTTP request, before it is written. */
export interface Reply {
  readonly status: number
  readonly headers: { readonly [name: string]: string }
  readonly body: string
}

/** An answer is data for whoever asked: no document, no part of another page, and not kept. */
const common = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}

export function text(status: number, body: string, contentType: string): Reply {
  return { status, headers: { ...common, 'content-type': contentType }, body }
}

export function json(status: number, value: unknown): Reply {
  return text(status, JSON.stringify(value), 'application/json')
}

export function empty(status: number, headers: Reply['headers']): Reply {
  return { status, headers: { ...common, ...headers }, body: '' }
}

/** A problem as RFC 9457 has it, with the code and whatever else is known. */
export function problem(code: string, message: string, more: object = {}): Reply {
  const status = statusOf(code)
  const value = { type: 'about:blank', title: STATUS_CODES[status], status, detail: message, code, ...more }
  const reply = text(status, JSON.stringify(value), 'application/problem+json')
  return { ...reply, headers: { ...reply.headers, ...headersFor(status) } }
}

/** A problem with a code of Foldback's; `detail` is added to its sentence. */
export function problemOf(code: ErrorCode, detail?: string): Reply {
  return problem(code, refusal(code, detail).message)
}

/** The answer to what may be sent again after so many milliseconds. */
export function retryAfter(ms: number, reply: Reply): Reply {
  return { ...reply, headers: { ...reply.headers, 'retry-after': String(Math.ceil(ms / 1_000)) } }
}

function headersFor(status: number): Reply['headers'] {
  if (status === 401) return { 'www-authenticate': 'Bearer' }
  if (status === 503 || status === 429) return { 'retry-after': '1' }
  return {}
}
