import type { DownMessage, Settled, StreamRef, Subscribe, Synced, UpMessage } from '@foldback/core'
import type { Conversation } from '../workload/conversation.ts'
import type { History } from '../workload/history.ts'
import type { WatchedFrame } from '../workload/watcher.ts'
import type { Checker } from './checker.ts'
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
  readonly #told = new WeakMap<Conversation, Told>()

  constructor(history: History) {
    this.#history = history
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
    switch (message.type) {
      // All is told afresh.
      case 'welcome':
        return told.versions.clear()
      case 'subscribe':
        return this.#subscribed(told, conversation, message)
      case 'snapshot':
        told.versions.set(keyOf(message), message.version)
        return
      case 'gone':
        told.versions.set(keyOf(message), Infinity)
        return
      case 'events':
        for (const { version } of message.events) checkHole(told, conversation, keyOf(message), version)
        return
      case 'synced':
        return this.#checkListing(told, message)
      default:
    }
  }

  #subscribed(told: Told, { actor }: Conversation, { model, id, since, sinceLog }: Subscribe): void {
    if (model === 'order' && id === undefined) told.since.set(model, sinceLog?.seq ?? 0)
    else if (since !== undefined) {
      const stream = id ?? (model === 'settings' ? actor! : 'shared')
      told.versions.set(keyOf({ model, id: stream }), since.version)
    }
  }

  /** Without `complete`, each stream that has changed since was told of, up to the position or further. */
  #checkListing(told: Told, { model, complete, position }: Synced): void {
    const since = told.since.get(model) ?? 0
    for (const [key, stream] of this.#history.world.memory.streams) {
      if (stream.model !== model || complete) continue
      const changed = stream.events.filter(({ seq }) => seq > since && seq <= position.seq)
      const { version = 0 } = changed.at(-1) ?? {}
      const known = reached(told, key) ?? 0
      hold(
        8,
        version <= known,
        () => `${model} is told as synced at ${position.seq}, and ${key} at ${known}, not ${version}`,
      )
    }
  }
}

function keyOf({ model, id }: StreamRef): string {
  return `${model}/${id}`
}

function checkHole(told: Told, { connection }: Conversation, key: string, version: number): void {
  const known = reached(told, key)
  // It was told nothing of the record itself yet, or that it may not read it.
  if (known === undefined || known === Infinity) return
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
