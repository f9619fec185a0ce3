import './run-sources.ts'

/*
 * A server of the order models in a process of its own: `process-server.ts <file> <port> <closeMsMax>`. It runs the
 * packages' sources, tells its parent the port, takes a token for the user's name, and closes on signals as an
 * application's would. The address /hang is never answered.
 */

const { closeOnSignals, createServer, sqlite } = await import('@foldback/server')
const { models } = await import('../../../../test-support/order-models.ts')

const [, , path, port, closeMsMax] = process.argv
const server = await createServer({
  models,
  store: sqlite(path!),
  limits: { closeMsMax: Number(closeMsMax) },
  authenticate: ({ token }) => (token === undefined ? undefined : { actor: token }),
  handler: ({ url }, _response, next) => {
    if (url === '/hang') process.send!('hanging')
    else next()
  },
})
closeOnSignals(server)
process.once('disconnect', () => process.exit())
process.send!(await server.listen(Number(port), '127.0.0.1'))
