import { createServer } from 'node:net'
import type { SeededRandom } from '@foldback/testkit'
import { Child } from './child.ts'

/** One life of the server that is killed. */
export class ServerProcess {
  /**
   * Milliseconds from its start to the moment at which it listened. Rejects when it ends by itself; never resolves when
   * it is killed before.
   */
  readonly listening: Promise<number>
  readonly #child: Child<unknown>
  #isListening = false

  constructor(path: string, port: number, fault: (text: string) => void) {
    const startedAt = performance.now()
    const { promise, resolve, reject } = Promise.withResolvers<number>()
    this.listening = promise
    this.#child = new Child('server.ts', [path, String(port)], {
      message: () => {
        this.#isListening = true
        resolve(Math.round(performance.now() - startedAt))
      },
      fault: (text) => fault(`server: ${text}`),
      ended: (text) => {
        fault(`server: ${text}`)
        reject(new Error(`The server does not listen. ${text}`))
      },
    })
  }

  get isListening(): boolean {
    return this.#isListening
  }

  kill(): Promise<void> {
    return this.#child.kill()
  }
}

/** Below those that the system gives to outgoing connections: one of the clients' must not get it meanwhile. */
const firstPort = 20_000
const portCount = 10_000

/** A port that nobody has, and that the server can have again each time. */
export async function freePort(random: SeededRandom): Promise<number> {
  const port = firstPort + random.below(portCount)
  return (await isFree(port)) ? port : freePort(random)
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)))
  })
}
