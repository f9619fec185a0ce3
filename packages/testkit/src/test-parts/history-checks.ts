import { expect } from 'vitest'
import type { History } from './history.ts'
import { orderIds, upcastMark } from './history-models.ts'

/** Versions are dense, and no action is in a stream twice. */
export function checkStreams({ world }: History): void {
  for (const { events } of world.memory.streams.values()) {
    expect(events.map(({ version }) => version)).toEqual(events.map((_, index) => index + 1))
    expect(new Set(events.map(({ id }) => id)).size).toBe(events.length)
    for (const { action } of events) expect(action.split(upcastMark).length).toBeLessThanOrEqual(2)
  }
}

/** Each action is in the log if its client was told so, and in the order in which the client dispatched. */
export function checkOutcomes({ world, dispatched, clients }: History): void {
  const logged = new Set(world.memory.log.map(({ id }) => id))
  for (const { id, outcome } of dispatched)
    expect({ id, accepted: logged.has(id) }).toMatchObject(outcomeOf(id, outcome))
  for (const index of clients.keys()) {
    const own = dispatched.filter(({ client, outcome }) => client === index && outcome?.accepted)
    const ids = new Set(own.map(({ id }) => id))
    expect([...logged].filter((id) => ids.has(id))).toEqual([...ids])
  }
}

function outcomeOf(id: string, outcome: { readonly accepted: boolean } | undefined): object {
  return { id, accepted: outcome?.accepted }
}

/** Nobody was told to have diverged: all fold alike here, whatever was under way when states were compared. */
export function checkDivergences({ world }: History): void {
  expect(world.incidents.filter(({ code }) => code === 'diverged')).toEqual([])
}

/** Every client shows what the server has of what it is interested in, and may read. */
export async function checkStates({ world, clients }: History): Promise<void> {
  const stateOf = (actor: string, model: string, id: string): Promise<unknown> =>
    world.waitFor(
      world.engine.queries.record({ actor, claims: {} }, { model, id }).then(
        ({ state }) => state,
        () => null,
      ),
    )
  for (const [index, { sync, subscriptions, getState }] of clients.entries()) {
    const actor = sync.status.actor!
    const entities: { [id: string]: unknown } = {}
    for (const [order, id] of orderIds.entries()) {
      if (!subscriptions.has('all') && !subscriptions.has(order)) continue
      const state = await stateOf(actor, 'order', id)
      if (state !== null) entities[id] = state
    }
    const shown = getState()
    expect({ index, ...shown, order: shown.order.entities }).toEqual({
      index,
      order: entities,
      board: await stateOf(actor, 'board', 'shared'),
      settings: await stateOf(actor, 'settings', actor),
    })
  }
}
