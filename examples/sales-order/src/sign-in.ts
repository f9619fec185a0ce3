import { sync } from './store.ts'
import { onOtherUserName, setUserName, takeKeptUserName } from './user.ts'

/**
 * Goes on as somebody else; as nobody in particular without a name. What is not saved yet waits on this device until
 * the one who has done it is back. The server asks anew who is speaking.
 */
export const signIn = (name: string | undefined) => change(() => setUserName(name))

/** One browser, one user: who signs in or out in another tab does so here too. */
export const followOtherTabs = () => onOtherUserName(() => void change(takeKeptUserName))

let changes = 0

async function change(take: () => void) {
  const number = ++changes
  await sync.signOut()
  // Who came last, wins: on a device that is slow to write there may have been somebody since.
  if (number !== changes) return
  take()
  sync.connect()
}
