/** How much is done: what a run is for decides how long it may take. */
export interface Scale {
  readonly name: 'full' | 'quick'
  /** Of load in a round, that counts. */
  readonly seconds: number
  /** Of the same load before it, that does not count: code is compiled, caches are filled. */
  readonly warmUpSeconds: number
  /** Where everything durable lies: all of it on one file system. Whoever makes a folder in it removes it. */
  readonly folder: string
}

/** What one round has shown, by name, such as `{ perSecond: 41_234, serverCpuMicroseconds: 14.1 }`. */
export type Values = Readonly<Record<string, number>>

/** Something that is measured again in each round. Never two at once. */
export interface Measurement {
  /** Such as 'Foldback, one action per frame'. */
  readonly name: string
  /** One sentence: what it does, and what it keeps. */
  readonly about: string
  /** The packages of `bench/package.json` that it needs. Where one is not installed, it is left out, and that is said. */
  readonly packages?: readonly string[]
  /** Once, before the rounds: a log of a million events, say. */
  prepare?(scale: Scale): Promise<void>
  round(scale: Scale): Promise<Values>
  close?(): Promise<void>
}
