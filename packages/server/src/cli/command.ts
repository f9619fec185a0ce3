/** Where a command says things, so that it can be run by a test. */
export interface Terminal {
  /** One line of what was asked for. */
  readonly say: (line: string) => void
  /** One line of what went wrong. */
  readonly complain: (line: string) => void
  /** Says how far it is, in place of what this said before; undefined where nobody looks. */
  readonly progress: ((text: string) => void) | undefined
}

/** What a command is called with, apart from the options that all have. */
interface Given {
  readonly positionals: readonly string[]
  readonly flags: ReadonlySet<string>
  readonly onProgress: (share: number) => void
}

/** What a command has found or done: a sentence for people, and the same for programs. */
interface Done {
  readonly text: string
  readonly json: object
}

export interface Command {
  readonly name: string
  /** The names of what must follow, in order. */
  readonly parameters: readonly string[]
  /** Options without a value, and what they do. */
  readonly flags: { readonly [name: string]: string }
  /** One line. */
  readonly summary: string
  /** What else somebody should know before they use it. */
  readonly details: string
  readonly run: (given: Given) => Promise<Done>
}
