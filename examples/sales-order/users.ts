import type { Authenticate } from '@foldback/server'
import { AccessTokens } from './access-tokens.ts'
import { nobody, userName } from './src/model/user-name.ts'

/**
 * Takes people's word for who they are: the token is the name. An app of your own checks a real token here, such as a
 * session's or a signed one (examples/jwt-login). Programs are known by a secret, and nobody else goes by their names.
 * Who brings no token, such as wscat, is `anonymous`.
 */
export const usersWith =
  (programs: AccessTokens): Authenticate =>
  ({ token }) => {
    if (token === undefined) return { actor: nobody }
    const program = programs.ownerOf(token)
    if (program !== undefined) return { actor: program }
    const { success, data } = userName.safeParse(token)
    return success && !programs.isOwner(data) ? { actor: data } : undefined
  }

export const authenticate = usersWith(new AccessTokens(process.env['ACCESS_TOKENS']))
