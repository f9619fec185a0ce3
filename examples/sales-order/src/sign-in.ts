import { sync } from './store.ts'
import { setUserName } from './user.ts'

/**
 * Goes on as somebody else; as nobody in particular without a name. What is not saved yet waits on this device until
 * the one who has done it is back. The server asks anew who is speaking.
 */
export async function signIn(name: string | undefined) {
  await sync.signOut()
  setUserName(name)
  sync.connect()
}
