import sirv from 'sirv'

/** Files that carry a hash of their content in their names. What has no hash is asked for again each time. */
const hashed = /^\/assets\//

/** The built page. Each address without a file of its own is the page: it finds its way by itself. */
export const page = sirv(`${import.meta.dirname}/dist`, {
  single: true,
  etag: true,
  setHeaders: (response, pathname) =>
    response.setHeader(
      'Cache-Control',
      hashed.test(pathname) ? 'public, max-age=31536000, immutable' : 'no-cache',
    ),
})
