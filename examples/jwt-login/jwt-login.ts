import type { Authenticate } from '@foldback/server'
import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify } from 'jose'

/** Who signs the tokens, such as Auth0, Entra ID or Keycloak. */
export interface TokenIssuer {
  /** Where its public keys are. They are fetched when a token has a key that is not known yet, and kept. */
  readonly jwksUrl: string
  /** What tokens say in `iss`. */
  readonly issuer: string
  /** What tokens for this server say in `aud`: one for another of the issuer's services does not open this one. */
  readonly audience: string
}

/** Named here, and not taken from the token, which could say `none`, or take a public key for a shared secret. */
const algorithms = ['ES256', 'RS256', 'EdDSA']

/** What is wrong with these is wrong with the token; any other error is ours, such as keys that cannot be fetched. */
const tokenFaults = [
  errors.JOSEAlgNotAllowed,
  errors.JOSENotSupported,
  errors.JWKSNoMatchingKey,
  errors.JWSInvalid,
  errors.JWSSignatureVerificationFailed,
  errors.JWTClaimValidationFailed,
  errors.JWTInvalid,
]

/** Knows a user by a JWT: `sub` is the actor, `roles` is what the rules see, and the login ends with the token. */
export function jwtLogin({ jwksUrl, issuer, audience }: TokenIssuer): Authenticate {
  const keys = createRemoteJWKSet(new URL(jwksUrl))
  const requiredClaims = ['sub', 'exp']

  async function payloadOf(token: string): Promise<JWTPayload | undefined> {
    try {
      return (await jwtVerify(token, keys, { issuer, audience, algorithms, requiredClaims })).payload
    } catch (thrown) {
      // All else was right. Who it is and when it ended make the answer `login-expired`, and not `unauthenticated`.
      if (thrown instanceof errors.JWTExpired) return thrown.payload
      if (tokenFaults.some((fault) => thrown instanceof fault)) return undefined
      throw thrown
    }
  }

  return async ({ token }) => {
    const payload = token === undefined ? undefined : await payloadOf(token)
    if (payload === undefined) return undefined
    const { sub = '', exp = 0, roles } = payload
    const claims = { roles: Array.isArray(roles) ? roles.map(String) : [] }
    return { actor: sub, claims, expiresAt: Math.floor(exp * 1_000) }
  }
}
