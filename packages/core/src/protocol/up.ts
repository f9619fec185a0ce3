import { type Reader, readWith } from './check.ts'
import { type Check, readCheck } from './check-message.ts'
import { type Hello, readHello } from './hello.ts'
import { type Ping, readPing } from './ping.ts'
import { type Push, readPush } from './push.ts'
import { readSubscribe, type Subscribe } from './subscribe.ts'
import { readToken, type Token } from './token.ts'
import { readUnsubscribe, type Unsubscribe } from './unsubscribe.ts'

/** Everything a client sends. */
export type UpMessage = Hello | Subscribe | Unsubscribe | Push | Check | Ping | Token

const readers: { readonly [Type in UpMessage['type']]: Reader<UpMessage> } = {
  hello: readHello,
  subscribe: readSubscribe,
  unsubscribe: readUnsubscribe,
  push: readPush,
  ping: readPing,
  token: readToken,
  check: readCheck,
}

/** Checks one message from a client; undefined when it is none. */
export function readUpMessage(value: unknown): UpMessage | undefined {
  return readWith(readers, value)
}
