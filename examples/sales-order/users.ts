import type { Authenticate } from '@foldback/server'
import { nobody, userName } from './src/model/user-name.ts'

/**
 * Takes everybody's word for who they are: the token is the name. An app of your own checks a real token here, such
 * as a session's or a signed one. Who brings none, such as wscat, is `anonymous`.
 */
export const authenticate: Authenticate = ({ token }) => {
  if (token === undefined) return { actor: nobody }
  const { success, data } = userName.safeParse(token)
  return success ? { actor: data } : undefined
}
