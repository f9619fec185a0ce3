import { type Reader, readWith } from './check.ts'
import { type Diverged, readDiverged } from './diverged.ts'
import { type Events, readEvents } from './events.ts'
import { type Gone, readGone } from './gone.ts'
import { type Pong, readPong } from './pong.ts'
import { type Problem, readProblem } from './problem.ts'
import { readRejected, type Rejected } from './rejected.ts'
import { readRenewed, type Renewed } from './renewed.ts'
import { readSettled, type Settled } from './settled.ts'
import { readSnapshot, type Snapshot } from './snapshot.ts'
import { readSynced, type Synced } from './synced.ts'
import { readWelcome, type Welcome } from './welcome.ts'

/** Everything a server sends. */
export type DownMessage =
  | Welcome
  | Settled
  | Rejected
  | Events
  | Snapshot
  | Gone
  | Synced
  | Problem
  | Pong
  | Renewed
  | Diverged

const readers: { readonly [Type in DownMessage['type']]: Reader<DownMessage> } = {
  welcome: readWelcome,
  settled: readSettled,
  rejected: readRejected,
  events: readEvents,
  snapshot: readSnapshot,
  gone: readGone,
  synced: readSynced,
  problem: readProblem,
  pong: readPong,
  renewed: readRenewed,
  diverged: readDiverged,
}

/** Checks one message from a server; undefined when it is none. */
export function readDownMessage(value: unknown): DownMessage | undefined {
  return readWith(readers, value)
}
