import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Child } from '../child.ts'

/** A server and a load on it, each a process of its own. */
export interface Pair {
  readonly server: Child
  readonly load: Child
  readonly port: number
}

/** Files of `servers/` and `loads/`. */
export interface PairFiles {
  readonly server: string
  readonly load: string
}

/** A server with an empty folder, and a load that connects to it when something is measured. */
export class LoadedServer {
  readonly #files: PairFiles
  readonly #children: Child[] = []
  #folder: string | undefined
  #pair: Pair | undefined

  constructor(files: PairFiles) {
    this.#files = files
  }

  /** @param parent where its folder is made. */
  async start(parent: string): Promise<void> {
    const folder = await mkdtemp(join(parent, 'foldback-bench-'))
    this.#folder = folder
    const server = await this.#child(`../servers/${this.#files.server}`)
    const port = await server.call<number>('start', { folder })
    this.#pair = { server, port, load: await this.#child(`../loads/${this.#files.load}`) }
  }

  /**
   * The load is connected while this works.
   * @param options what it is told beside the port.
   */
  async connected<Result>(
    options: { readonly clients: number },
    work: (pair: Pair) => Promise<Result>,
  ): Promise<Result> {
    const pair = this.#pair!
    await pair.load.call('connect', { port: pair.port, ...options })
    const result = await work(pair)
    await pair.load.call('disconnect')
    return result
  }

  /** Ends both, and removes the folder. */
  async stop(): Promise<void> {
    for (const child of this.#children) await child.stop()
    if (this.#folder !== undefined) await rm(this.#folder, { recursive: true })
  }

  async #child(path: string): Promise<Child> {
    const child = await Child.start(new URL(path, import.meta.url))
    this.#children.push(child)
    return child
  }
}
