import type { Clock } from '@foldback/core'

/** How long living pages have to answer who asks whether a lock is held. */
const answerMs = 100

interface Word {
  readonly says: 'whose' | 'mine'
  readonly lock: string
}

/**
 * Locks among the pages of one origin for browsers that have no Web Locks, as in a page that came by plain http: whoever
 * holds a lock answers those who ask for it. A page that is frozen does not answer, as it does not keep a Web Lock.
 */
export class PageLocks {
  readonly #channel: BroadcastChannel
  readonly #clock: Clock
  readonly #held = new Set<string>()
  readonly #asked = new Map<string, (isHeld: boolean) => void>()

  constructor(name: string, clock: Clock) {
    this.#clock = clock
    this.#channel = new BroadcastChannel(name)
    this.#channel.addEventListener('message', ({ data }: MessageEvent<Word>) => this.#hear(data))
  }

  /** Undefined when another page has it. */
  async take(lock: string): Promise<(() => void) | undefined> {
    if (this.#held.has(lock) || (await this.#isHeldElsewhere(lock))) return undefined
    this.#held.add(lock)
    return () => void this.#held.delete(lock)
  }

  #isHeldElsewhere(lock: string): Promise<boolean> {
    return new Promise((resolve) => {
      const answer = (isHeld: boolean): void => {
        cancelTimer()
        this.#asked.delete(lock)
        resolve(isHeld)
      }
      const cancelTimer = this.#clock.after(answerMs, () => answer(false))
      this.#asked.set(lock, answer)
      this.#say({ says: 'whose', lock })
    })
  }

  #hear({ says, lock }: Word): void {
    if (says === 'mine') this.#asked.get(lock)?.(true)
    else if (this.#held.has(lock)) this.#say({ says: 'mine', lock })
  }

  #say(word: Word): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel has one origin
    this.#channel.postMessage(word)
  }
}
