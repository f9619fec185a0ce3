import sirv from 'sirv'

/** Files that carry a hash of their content in their names. What has no hash is asked for again each time. */
const hashed = /^\/assets\//

/**
 * What the page may do: load its own scripts, styles, pictures and manifest, and talk to its own server. A script that
 * somebody smuggles into it, inline or from elsewhere, does not run, and no other page can show it in a frame. Pages
 * that are served over https: add `Strict-Transport-Security`.
 */
const securityHeaders = {
  'Content-Security-Policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "manifest-src 'self'",
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=()',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
}

/** The built page. Each address without a file of its own is the page: it finds its way by itself. */
export const page = sirv(`${import.meta.dirname}/dist`, {
  single: true,
  etag: true,
  setHeaders(response, pathname) {
    const cacheControl = hashed.test(pathname) ? 'public, max-age=31536000, immutable' : 'no-cache'
    response.setHeader('Cache-Control', cacheControl)
    for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value)
  },
})
