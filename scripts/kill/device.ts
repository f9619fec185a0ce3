import { Child } from './child.ts'
import type { Ledger } from './ledger.ts'

/** What a client's process says. */
export type DeviceMessage =
  | { readonly type: 'queued' | 'accepted' | 'refused'; readonly id: string }
  | { readonly type: 'diverged'; readonly record: string }
  | Shown

/** What a client's store shows, and whether it waits for nothing more. */
export interface Shown {
  readonly type: 'shown'
  readonly isSettled: boolean
  readonly records: {
    readonly order: { readonly [id: string]: unknown }
    readonly stock: unknown
    readonly notebook: unknown
  }
}

export interface DeviceParts {
  readonly outboxPath: string
  readonly url: string
  readonly user: string
  readonly ledger: Ledger
  readonly fault: (text: string) => void
}

/** A device with its queue in a file, and whichever process has that at the moment. */
export class Device {
  readonly #parts: DeviceParts
  #child: Child<DeviceMessage>
  #shown: ((shown: Shown) => void) | undefined

  constructor(parts: DeviceParts, seed: number) {
    this.#parts = parts
    this.#child = this.#start(seed)
  }

  get user(): string {
    return this.#parts.user
  }

  async killAndStart(seed: number): Promise<void> {
    await this.kill()
    this.#child = this.#start(seed)
  }

  kill(): Promise<void> {
    return this.#child.kill()
  }

  /** From now on it dispatches nothing. */
  rest(): void {
    this.#child.send({ type: 'rest' })
  }

  show(): Promise<Shown> {
    return new Promise((resolve) => {
      this.#shown = resolve
      this.#child.send({ type: 'show' })
    })
  }

  #start(seed: number): Child<DeviceMessage> {
    const { outboxPath, url, user, fault } = this.#parts
    return new Child('client.ts', [outboxPath, url, user, String(seed)], {
      message: (message) => this.#hear(message),
      fault: (text) => fault(`${user}: ${text}`),
      ended: (text) => fault(`${user}: ${text}`),
    })
  }

  #hear(message: DeviceMessage): void {
    const { ledger, user, fault } = this.#parts
    switch (message.type) {
      case 'queued':
        return void ledger.queued.add(message.id)
      case 'accepted':
        return ledger.accept(message.id)
      case 'refused':
        return ledger.refuse(message.id)
      case 'diverged':
        return fault(`${user} had folded ${message.record} into another state`)
      case 'shown':
        return this.#shown?.(message)
    }
  }
}
