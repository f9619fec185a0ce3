import type { IncomingMessage } from 'node:http'
import { TLSSocket } from 'node:tls'
import { FoldbackError } from '@foldback/core'

/**
 * The origins of the pages that may use this server, such as `['https://app.example.com']`, or a function that knows
 * them. It is the whole list: a server whose own pages use it names its own public origin too.
 */
export type OriginsOption = readonly string[] | ((origin: string) => boolean)

type Check = (origin: string, request: IncomingMessage) => boolean

/** What an origin looks like when a browser sends it, also one of an app in a shell (`capacitor://localhost`). */
const originForm = /^[a-z][a-z0-9+.-]*:\/\/[^/?#@\s]+$/
/** A page can make up any number of them; each of the first is worth a line of the log. */
const namedMax = 100
const namedLengthMax = 200

/**
 * Which pages may use this server. A browser sends a user's cookies, and from inside a network it reaches what nobody
 * outside can, whatever page asks it to; `Origin` tells which page that is. What comes without it is no browser's
 * doing, or is told by `Sec-Fetch-Site`.
 */
export class Origins {
  readonly #isKnown: Check
  readonly #onForeign: (origin: string) => void
  readonly #named = new Set<string>()

  /**
   * @param onForeign hears of each origin that is refused, once.
   * @throws FoldbackError `misconfigured`, when the option holds what is no origin.
   */
  constructor(option: OriginsOption | undefined, onForeign: (origin: string) => void) {
    this.#isKnown = checkOf(option)
    this.#onForeign = onForeign
  }

  /** @throws FoldbackError `foreign-origin`, when a page sent the request that may not. */
  check(request: IncomingMessage): void {
    const { origin } = request.headers
    if (origin === undefined ? !isForeignFetch(request) : this.#isKnown(origin, request)) return
    const name = (origin ?? 'not named by the browser').slice(0, namedLengthMax)
    this.#report(name)
    throw new FoldbackError('foreign-origin', name)
  }

  #report(name: string): void {
    if (this.#named.size >= namedMax || this.#named.has(name)) return
    this.#named.add(name)
    this.#onForeign(name)
  }
}

/** What lets a page of another origin read the answer to a request that `check` has let through. */
export function corsHeaders({ headers }: IncomingMessage): Readonly<Record<string, string>> {
  const { origin } = headers
  if (origin === undefined) return {}
  return {
    'access-control-allow-origin': origin,
    'access-control-allow-credentials': 'true',
    'access-control-expose-headers': 'retry-after, x-request-id',
    vary: 'origin',
  }
}

/** What a browser wants to know before it sends a page's request to another origin. */
export function preflightHeaders(methods: string): Readonly<Record<string, string>> {
  return {
    'access-control-allow-methods': methods,
    'access-control-allow-headers': 'authorization, content-type, idempotency-key, x-request-id',
    'access-control-max-age': '600',
  }
}

function checkOf(option: OriginsOption | undefined): Check {
  if (option === undefined) return isOwnPage
  // Not just truthy: an asynchronous function returns a promise, and that must not say yes.
  if (typeof option === 'function') return (origin) => (option(origin) as unknown) === true
  if (!Array.isArray(option)) throw misconfigured('origins must be a list of origins or a function')
  const known = new Set<unknown>(option)
  for (const origin of known) {
    if (typeof origin === 'string' && originForm.test(origin)) continue
    throw misconfigured(
      `origins has ${JSON.stringify(origin)}; an origin has a scheme, a host and nothing after it, such as https://app.example.com`,
    )
  }
  return (origin) => known.has(origin)
}

/** True for a page that comes from the very host that it asks; or from this machine, when it asks this machine. */
function isOwnPage(origin: string, { headers, socket }: IncomingMessage): boolean {
  const page = originForm.test(origin) ? URL.parse(origin) : null
  if (page === null || headers.host === undefined) return false
  // Whether a proxy in front had TLS is not known here.
  const schemes = socket instanceof TLSSocket ? ['https:'] : ['https:', 'http:']
  if (!schemes.includes(page.protocol)) return false
  const asked = URL.parse(`${page.protocol}//${headers.host}`)
  if (asked === null) return false
  return asked.host === page.host || (isThisMachine(asked.hostname) && isThisMachine(page.hostname))
}

function isThisMachine(hostname: string): boolean {
  return /^(localhost|.+\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname)
}

/**
 * True for what another page embeds or loads without asking to read it (`<img>`, `<script>`, `<iframe>`): what becomes
 * of it tells that page something. Following a link is not that.
 */
function isForeignFetch({ headers }: IncomingMessage): boolean {
  const site = headers['sec-fetch-site']
  if (site !== 'cross-site' && site !== 'same-site') return false
  return headers['sec-fetch-mode'] !== 'navigate' || headers['sec-fetch-dest'] !== 'document'
}

function misconfigured(detail: string): FoldbackError {
  return new FoldbackError('misconfigured', detail)
}
