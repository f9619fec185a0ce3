import { createServer, type ServerLimits, sqlite } from '@foldback/server'
import { models } from './models.ts'

/* The server under attack, in a process of its own: `server.ts <database> <limits as JSON>`. */

const [path = '', limits = '{}'] = process.argv.slice(2)

const server = await createServer({
  models,
  store: sqlite(path),
  limits: JSON.parse(limits) as Partial<ServerLimits>,
  authenticate: ({ token, url }) => {
    const actor = token ?? new URL(url, 'http://localhost').searchParams.get('user')
    return actor === null ? undefined : { actor }
  },
  log: 'silent',
  development: false,
})
const { port } = await server.listen(0, '127.0.0.1')
process.send!({ port })

// `maxRSS` is in kilobytes, and the highest that there was.
process.on('message', () => process.send!({ peakMiB: process.resourceUsage().maxRSS / 1_024 }))
process.on('disconnect', () => process.exit())
