import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { StampedAction } from './action.ts'
import { defineModel } from './model.ts'
import { type Confirmed, StreamReplica } from './rebase.ts'

/*
 * A replica against a model of it that folds everything again from the first event whenever it is looked at. The
 * server takes the client's actions in order, accepts, replaces or refuses them, and has other people's events in
 * between; what it says arrives in frames, and sometimes the connection is lost and a snapshot takes the place of
 * whatever was under way.
 */

const wrote = Object.assign((payload: string) => ({ type: 'words/wrote', payload }), { type: 'words/wrote' })
const took = Object.assign((payload: number) => ({ type: 'words/took', payload }), { type: 'words/took' })

/** `took` throws when there are fewer words than it wants to take. */
const words = defineModel({
  name: 'words',
  reducer: (before: readonly string[] | undefined, action: { type: string; payload?: any }) => {
    const state = before ?? []
    if (action.type === wrote.type) return [...state, action.payload as string]
    if (action.type !== took.type) return state
    if (state.length < action.payload) throw new Error('There are not that many.')
    return state.slice(action.payload)
  },
  actions: { wrote, took },
})

type Step =
  | { readonly do: 'own' | 'foreign'; readonly take: number }
  | { readonly do: 'accept' | 'replace' | 'refuse' }
  | { readonly do: 'deliver'; readonly count: number }
  | { readonly do: 'cut' }

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constantFrom('own' as const, 'foreign' as const), take: fc.nat(3) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom('accept' as const, 'accept' as const, 'replace' as const, 'refuse' as const),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('deliver' as const), count: fc.integer({ min: 1, max: 5 }) }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'cut' as const }) },
)

class Server {
  readonly log: StampedAction[] = []
  readonly settled = new Set<string>()
  readonly toJudge: StampedAction[] = []
  /** What it said and nobody has heard yet. */
  said: ((replica: StreamReplica) => void)[] = []

  record(action: StampedAction): number {
    return this.log.push(action)
  }

  foreign(action: StampedAction): void {
    const version = this.record(action)
    this.say((replica) => replica.apply({ id: idOf(action), version, action }, false))
  }

  judge(verdict: 'accept' | 'replace' | 'refuse'): void {
    const action = this.toJudge.shift()
    if (action === undefined) return
    const id = idOf(action)
    this.settled.add(id)
    if (verdict === 'refuse') return this.say((replica) => replica.withdraw(id))
    const recorded =
      verdict === 'replace' ? { ...action, type: wrote.type, payload: `replaced ${id}` } : action
    const version = this.record(recorded)
    if (verdict === 'accept') this.say((replica) => replica.accept(id, version))
    else this.say((replica) => replica.apply({ id, version, action: recorded }, true))
  }

  cut(): void {
    const confirmed = confirmedAt(this.log, this.log.length)
    const settled = [...this.settled]
    this.said = [(replica) => replica.install(confirmed, settled)]
  }

  say(message: (replica: StreamReplica) => void): void {
    this.said.push(message)
  }
}

const idOf = (action: StampedAction): string => action.meta.foldback.id

function foldAll(state: readonly string[], actions: readonly StampedAction[]): readonly string[] {
  let folded = state
  for (const action of actions) {
    try {
      folded = words.reducer(folded, action)
    } catch {
      // It stays as it was.
    }
  }
  return folded
}

function confirmedAt(log: readonly StampedAction[], version: number): Confirmed {
  const last = log[version - 1]
  return { state: foldAll([], log.slice(0, version)), version, eventId: last === undefined ? '' : idOf(last) }
}

function check(replica: StreamReplica, log: readonly StampedAction[]): void {
  const confirmed = confirmedAt(log, replica.confirmed!.version)
  expect(replica.confirmed).toEqual(confirmed)
  expect(replica.visible).toEqual(foldAll(confirmed.state as string[], replica.pending))
}

it('shows the log and the pending actions on top of it, whatever the server says and when', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const server = new Server()
      const pending = new Map<string, StampedAction>()
      const replica = new StreamReplica(words, () => {})
      replica.install(confirmedAt([], 0), [])
      replica.refold()
      let count = 0
      const make = (take: number): StampedAction => {
        const id = String(++count)
        return { ...(take === 0 ? wrote(id) : took(take)), meta: { foldback: { id, at: 0, actor: '' } } }
      }
      const deliver = (messages: number): void => {
        for (const hear of server.said.splice(0, messages)) hear(replica)
        replica.refold()
        check(replica, server.log)
      }
      for (const next of steps) {
        if (next.do === 'deliver') deliver(next.count)
        else if (next.do === 'cut') server.cut()
        else if (next.do === 'foreign') server.foreign(make(next.take))
        else if (next.do !== 'own') server.judge(next.do)
        else {
          const action = make(next.take)
          const outcome = replica.fold(action)
          // The dispatch threw, and nothing is sent.
          if (!outcome.ok) continue
          replica.add(action, outcome.state)
          pending.set(idOf(action), action)
          server.toJudge.push(action)
        }
      }
      deliver(Infinity)
      expect(replica.confirmed?.version).toBe(server.log.length)
      expect(replica.pending).toEqual(
        [...pending.values()].filter((action) => !server.settled.has(idOf(action))),
      )
    }),
    { numRuns: 1_000 },
  )
})
