import { type Reader, readWith } from './check.ts'
import { type Check, readCheck } from './check-message.ts'
import { type Hello, readHello } from './hello.ts'
import { type Push, readPush } from './push.ts'
import { readSubscribe, type Subscribe } from './subscribe.ts'
import { readUnsubscribe, type Unsubscribe } from './unsubscribe.ts'

/** Everything a client sends. */
export type UpMessage = Hello | Subscribe | Unsubscribe | Push | Check

const readers: { readonly [Type in UpMessage['type']]: Reader<UpMessage> } = {
  hello: readHello,
  subscribe: readSubscribe,
  unsubscribe: readUnsubscribe,
  push: readPush,
  check: readCheck,
}

/** Checks one message from a client; undefined when it is none. */
export function readUpMessage(value: unknown): UpMessage | undefined {
  return readWith(readers, value)
}
