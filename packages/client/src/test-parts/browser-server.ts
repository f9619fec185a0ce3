import { registerHooks } from 'node:module'

/*
 * The server for the browser tests, in a process of its own that can be killed: `browser-server.ts <file> <port>`. It
 * runs the packages' sources, tells its parent the port, takes a token for the user's name, and ends with its parent.
 */

registerHooks({
  resolve: (specifier, context, next) => {
    const [, name] = /^@foldback\/(\w+)$/.exec(specifier) ?? []
    const source = new URL(`../../../${name}/src/index.ts`, import.meta.url)
    return name === undefined ? next(specifier, context) : next(source.href, context)
  },
})
const { createServer, sqlite } = await import('@foldback/server')
const { models } = await import('./browser-models.ts')

const [, , path, port] = process.argv
const server = await createServer({
  models,
  store: sqlite(path!),
  log: 'silent',
  authenticate: ({ token }) => (token === undefined ? undefined : { actor: token }),
  rules: {
    order: {
      guard: (order, { type }) =>
        order?.isClosed && type !== 'order/reopened'
          ? { code: 'closed', message: 'The order is closed. Reopen it, then try again.' }
          : true,
    },
  },
})
process.once('disconnect', () => process.exit())
process.send!(await server.listen(Number(port), '127.0.0.1'))
