import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import type { SeededRandom } from '@foldback/testkit'
import { Device, type Shown } from './device.ts'
import { KeyedClient } from './keyed-client.ts'
import { LaneClient } from './lane-client.ts'
import type { Ledger } from './ledger.ts'
import { anyAction } from './workload.ts'

const deviceUsers = ['ann', 'bob'] as const
const laneUsers = ['ann', 'cid'] as const
const keyedUser = 'dot'

/** Milliseconds between two looks at whether everybody has come to rest. */
const lookMs = 50
/** Milliseconds after which those who have not are stuck. */
const stuckMs = 60_000

export interface ClientsParts {
  readonly port: number
  /** For the devices' queues. */
  readonly folder: string
  readonly random: SeededRandom
  readonly ledger: Ledger
  readonly fault: (text: string) => void
}

/**
 * All who work with the server: two devices (processes with a store and a queue in a file), two that speak the sync
 * protocol from its specification, and one that posts over HTTP. Each keeps what it was told in the ledger.
 */
export class Clients {
  readonly #random: SeededRandom
  readonly #devices: readonly Device[]
  readonly #lanes: readonly LaneClient[]
  readonly #keyed: KeyedClient

  constructor({ port, folder, random, ledger, fault }: ClientsParts) {
    this.#random = random
    const url = `ws://127.0.0.1:${port}`
    this.#devices = deviceUsers.map((user) => {
      const outboxPath = join(folder, `${user}.outbox`)
      return new Device({ outboxPath, url, user, ledger, fault }, this.#newSeed())
    })
    this.#lanes = laneUsers.map(
      (user) => new LaneClient({ url, user, random, ledger, next: anyAction, fault }),
    )
    for (const lane of this.#lanes) lane.connect()
    const http = `http://127.0.0.1:${port}`
    this.#keyed = new KeyedClient({ url: http, user: keyedUser, random, ledger, next: anyAction })
  }

  /** How far lanes are settled, as their clients were told. */
  get marks(): readonly { readonly lane: string; readonly n: number }[] {
    return this.#lanes.map(({ mark }) => mark)
  }

  /** Kills one of the devices, and starts it again with what its file holds. */
  killOne(): Promise<void> {
    return this.#devices[this.#random.below(this.#devices.length)]!.killAndStart(this.#newSeed())
  }

  /** Nobody does anything new; resolves when everything is settled. */
  async rest(): Promise<void> {
    for (const client of [...this.#devices, ...this.#lanes]) client.rest()
    await this.#keyed.rest()
    await until('Something was never settled.', async () => {
      const shown = await Promise.all(this.#devices.map((device) => device.show()))
      return shown.every(({ isSettled }) => isSettled) && this.#lanes.every(({ isSettled }) => isSettled)
    })
  }

  /** Resolves when every device shows what it should. */
  async show(expected: (user: string) => Shown['records']): Promise<void> {
    for (const device of this.#devices) {
      await until(`${device.user} does not show what the server has.`, async () => {
        const { records } = await device.show()
        return isDeepStrictEqual(records, expected(device.user))
      })
    }
  }

  async close(): Promise<void> {
    for (const lane of this.#lanes) lane.close()
    await Promise.all([this.#keyed.stop(), ...this.#devices.map((device) => device.kill())])
  }

  #newSeed(): number {
    return this.#random.below(2 ** 32)
  }
}

/** @throws Error with `sentence`, when it never comes. */
async function until(sentence: string, look: () => Promise<boolean>): Promise<void> {
  const end = new AbortController()
  const stuck = delay(stuckMs, true, { signal: end.signal })
  stuck.catch(() => {})
  try {
    while (!(await Promise.race([look(), stuck.then(() => Promise.reject(new Error(sentence)))])))
      await delay(lookMs)
  } finally {
    end.abort()
  }
}
