import type { DownMessage, Settled, StreamRef, Subscribe, Synced, UpMessage } from '@foldback/core'
import type { MemoryStream } from '../memory-store.ts'
import type { Conversation } from '../workload/conversation.ts'
import type { History } from '../workload/history.ts'
import { modelAt } from '../workload/history-models.ts'
import type { WatchedFrame } from '../workload/watcher.ts'
import type { Checker } from './checker.ts'
import { PlainFolds } from './plain-folds.ts'
import { hold } from './promises.ts'

/** What one client has been told on one connection. */
interface Told {
  /** By stream: the version it was told up to without a hole. */
  readonly versions: Map<string, number>
  /** By stream: the versions of the client's own actions, which may be told of ahead of what lies before them. */
  readonly placed: Map<string, Set<number>>
  /** By model: where a listing under way begins. */
  readonly since: Map<string, number>
}

/**
 * Promise 8: events follow each other without a hole on every connection, and a listing leaves out nothing that lies
 * between where the client was and where it is then.
 */
export class NeverSkips implements Checker {
  readonly promise = 8
  readonly #history: History
  readonly #folds: PlainFolds
  readonly #told = new WeakMap<Conversation, Told>()

  constructor(history: History) {
    this.#history = history
    this.#folds = new PlainFolds(history.world.memory)
  }

  sent({ conversation, messages }: WatchedFrame): void {
    const told = this.#toldOn(conversation)
    // In one frame they may come in any order.
    if (messages.some(({ type }) => type === 'welcome')) told.placed.clear()
    for (const message of messages) if (message.type === 'settled') place(told, message)
    for (const message of messages) this.#take(told, conversation, message)
  }

  #toldOn(conversation: Conversation): Told {
    let told = this.#told.get(conversation)
    if (told === undefined) {
      told = { versions: new Map(), placed: new Map(), since: new Map() }
      this.#told.set(conversation, told)
    }
    return told
  }

  #take(told: Told, conversation: Conversation, message: UpMessage | DownMessage): void {
    const { type } = message
    // All is told afresh.
    if (type === 'welcome') told.versions.clear()
    else if (type === 'subscribe') this.#subscribed(told, conversation, message)
    else if (type === 'snapshot')
      told.versions.set(keyOf(message), this.#history.mayBeHidden(message) ? Infinity : message.version)
    else if (type === 'gone') told.versions.set(keyOf(message), Infinity)
    else if (type === 'synced') this.#checkListing(told, conversation, message)
    else if (type === 'events')
      for (const { version } of message.events) checkHole(told, conversation, keyOf(message), version)
  }

  #subscribed(told: Told, { actor }: Conversation, { model, id, since, sinceLog }: Subscribe): void {
    if (model === 'order' && id === undefined) told.since.set(model, sinceLog?.seq ?? 0)
    else if (since !== undefined) {
      const key = keyOf({ model, id: id ?? (model === 'settings' ? actor! : 'shared') })
      // What was told last may still be under way.
      told.versions.set(key, Math.max(since.version, told.versions.get(key) ?? 0))
    }
  }

  /** Each record that has changed since was told of, up to the position or further; or that there is, with `complete`. */
  #checkListing(told: Told, conversation: Conversation, { model, complete, position }: Synced): void {
    // Of those that may not be read, nothing need be said.
    if (this.#history.faults.has('rights')) return
    const since = complete ? 0 : (told.since.get(model) ?? 0)
    for (const [key, stream] of this.#history.world.memory.streams) {
      if (stream.model !== model) continue
      const changed = stream.events.filter(({ seq }) => seq > since && seq <= position.seq)
      const { version = 0 } = changed.at(-1) ?? {}
      const known = reached(told, key)
      if (complete && (known ?? 0) < version && this.#isNone(conversation, stream, version)) {
        // A full listing says of what it leaves out that there is none, whatever was told of it before.
        told.versions.delete(key)
        continue
      }
      const say = (): string =>
        `${model} is told as synced at ${position.seq}, and ${key} at ${known}, not ${version}`
      hold(8, version <= (known ?? 0), say)
    }
  }

  /** There was no such record at that version, or at a later one, of which it was read. */
  #isNone(conversation: Conversation, { model, id, events }: MemoryStream, version: number): boolean {
    const found = modelAt(model, conversation.serverVersion(model))
    for (let each = version; each <= events.length; each++)
      if (this.#folds.stateAt(found, id, each) === null) return true
    return false
  }
}

function keyOf({ model, id }: StreamRef): string {
  return `${model}/${id}`
}

function checkHole(told: Told, { connection }: Conversation, key: string, version: number): void {
  // It was told nothing of the record itself yet, as when a listing has left out what was not there.
  const known = reached(told, key) ?? version
  // It was told that it may not read it.
  if (known === Infinity) return
  hold(
    8,
    version <= known + 1,
    () => `connection ${connection} is at ${key} ${known}, and is told of ${version}`,
  )
  told.versions.set(key, Math.max(known, version))
}

/** Up to where the client has been told without a hole, with its own actions. */
function reached({ versions, placed }: Told, key: string): number | undefined {
  let known = versions.get(key)
  while (known !== undefined && placed.get(key)?.has(known + 1)) known++
  return known
}

function place({ placed }: Told, { from, to, places }: Settled): void {
  for (const each of places) {
    const versions = placed.get(keyOf(each)) ?? new Set()
    placed.set(keyOf(each), versions)
    for (let n = from; n <= to; n++) versions.add(each.version + n - from)
  }
}
