import { sync } from './store.ts'
import { setUserName } from './user.ts'

/** Goes on as somebody else; as nobody in particular without a name. The server asks anew who is speaking. */
export function signIn(name: string | undefined) {
  sync.disconnect()
  setUserName(name)
  sync.connect()
}
