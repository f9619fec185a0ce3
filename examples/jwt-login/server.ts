import { createServer, sqlite } from '@foldback/server'
import { jwtLogin } from './jwt-login.ts'
import { models, rules } from './notices.ts'

const { JWKS_URL, ISSUER, AUDIENCE, PORT = 4000, DATA_DIR = './data' } = process.env
if (JWKS_URL === undefined || ISSUER === undefined || AUDIENCE === undefined) {
  throw new Error('Say whose tokens to take: set JWKS_URL, ISSUER and AUDIENCE.')
}

const server = await createServer({
  models,
  store: sqlite(`${DATA_DIR}/notices.db`),
  authenticate: jwtLogin({ jwksUrl: JWKS_URL, issuer: ISSUER, audience: AUDIENCE }),
  rules,
})
const { port } = await server.listen(Number(PORT))
console.log(`Notices: http://localhost:${port}/records/notice/shared, with "Authorization: Bearer <token>"`)
