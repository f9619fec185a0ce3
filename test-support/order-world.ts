import { SimulatedWorld } from '@foldback/testkit'
import type { Rules } from '@foldback/engine'
import type { WorldOptions } from '@foldback/testkit'
import { models } from './order-models.ts'
import { createUser, type StoreUser, type UserOptions } from './store-user.ts'

/** Refuses the customer "refused", and makes "enriched" the server's own. */
const rules: Rules<typeof models> = {
  order: {
    guard: (_order, { payload }) =>
      'customer' in payload && payload.customer === 'refused'
        ? { code: 'bad-name', message: 'Not this name.' }
        : true,
    enrich: (action) =>
      'customer' in action.payload && action.payload.customer === 'enriched'
        ? { ...action, payload: { ...action.payload, customer: 'ENRICHED' } }
        : undefined,
  },
}

/** A simulated server of the order models, started, and users of it. */
export class OrderWorld extends SimulatedWorld<typeof models> {
  static async start(options: Partial<WorldOptions<typeof models>> = {}): Promise<OrderWorld> {
    const world = new OrderWorld(models, { seed: 1, rules, ...options })
    await world.startServer()
    return world
  }

  /** A user whose page is open and not connected yet. */
  user(options: UserOptions = {}): StoreUser {
    const { clock, random, network } = this
    return createUser({ clock, random, connect: network.connect }, options)
  }

  /** A user whose page is connected. */
  async connected(options: UserOptions = {}): Promise<StoreUser> {
    const user = this.user(options)
    user.sync.connect()
    await this.runUntil(() => user.sync.status.phase === 'connected')
    await this.run(200)
    return user
  }

  /** Somebody else's action, until it is settled. */
  async foreign(...actions: readonly unknown[]): Promise<void> {
    await this.waitFor(this.engine.submit(actions, { actor: 'zoe', claims: {} }))
  }

  /** Ids of the actions in the log, in order, each as often as it is there. */
  get logged(): readonly string[] {
    return this.memory.log.map(({ id }) => id)
  }
}
