import type { StampedAction } from '@foldback/core'
import type { SeededRandom } from '../simulation/seeded-random.ts'
import type { SimulatedDevice } from '../simulation/simulated-device.ts'
import type { HistoryPage } from './history-page.ts'
import type { StorageState, Subscribed } from './steps.ts'

/** How often a storage fails that fails now and then, from 0 to 1. */
const failShare = 0.25

/** Whose page it is, and what it is interested in. */
export interface PageLike {
  readonly user: string
  readonly subscribed: readonly Subscribed[]
}

/** Opens a page on a device. */
export type OpenPage = (device: HistoryDevice, like: PageLike) => HistoryPage

/** A device of a history: its storage, and the pages that are open on it. */
export class HistoryDevice {
  readonly device: SimulatedDevice
  readonly index: number
  readonly #open: OpenPage
  readonly #random: SeededRandom
  #pages: HistoryPage[] = []
  /** What the page that was closed last was like: the next one is like it. */
  #last: PageLike
  #isFailing = false
  /** Its connections are slow. */
  isSlow = false
  /** Its storage has failed at least once, so that it may have given up keeping records. */
  hasFailed = false

  constructor(index: number, device: SimulatedDevice, random: SeededRandom, open: OpenPage, first: PageLike) {
    this.index = index
    this.device = device
    this.#random = random
    this.#open = open
    this.#last = first
    device.failsAt = () => this.#isFailing && this.#random.fraction() < failShare
  }

  /** Those that are open, oldest first; some may be frozen. */
  get pages(): readonly HistoryPage[] {
    return this.#pages
  }

  /** One of its pages that its user can do something with: the newest one for tab 0. */
  page(tab = 0): HistoryPage | undefined {
    const awake = this.#pages.filter(({ isAwake }) => isAwake)
    return awake[awake.length - 1 - (tab % awake.length)]
  }

  /** Opens one more page, like the one that was opened or closed last. */
  open(like = this.#last): HistoryPage {
    const page = this.#open(this, like)
    this.#last = page
    this.#pages.push(page)
    return page
  }

  close(page: HistoryPage): void {
    page.life.die()
    this.#pages = this.#pages.filter((other) => other !== page)
    this.#last = page
  }

  /** Closes a page and opens another in its place. */
  reload(page: HistoryPage): HistoryPage {
    this.close(page)
    return this.open(page)
  }

  /** Everything is off and on again. */
  cutPower(): void {
    const pages = this.#pages
    this.device.crash()
    this.#pages = []
    for (const page of pages) this.open(page)
    if (pages.length === 0) this.open()
  }

  /** What its storage says now cannot be foretold. */
  get isDisturbed(): boolean {
    return this.#isFailing || this.device.isFull || this.device.opening !== 'opens'
  }

  setStorage(state: StorageState): void {
    this.#isFailing = state === 'fails now and then'
    this.device.isFull = state === 'is full'
    this.device.opening = state === 'never opens' ? 'never' : state === 'does not open' ? 'rejects' : 'opens'
    if (state !== 'works') this.hasFailed = true
  }

  /** Everything works again. */
  mend(): void {
    this.setStorage('works')
    this.isSlow = false
    this.device.setOnline(true)
    for (const { life } of this.#pages) life.wake()
    if (this.#pages.length === 0) this.open()
  }

  /** Who was signed in last. */
  get actor(): string {
    return (this.device.list('actor')[0]?.[1] as string | undefined) ?? ''
  }

  /** What begins the keys of the records that the next page of its user shows. */
  get recordsPrefix(): string {
    const actor = encodeURIComponent(this.actor)
    const history = this.device.list(`history/${actor}/`)[0]?.[1] as string | undefined
    return `record/${actor}/${encodeURIComponent(history ?? '')}/`
  }

  /** Actions that are kept, with the user they are of. */
  get rows(): { readonly actor: string | undefined; readonly id: string }[] {
    const lanes = new Map(this.device.list('lane/').map(([key, row]) => [key.slice('lane/'.length), row]))
    return this.device.list('action/').map(([key, row]) => ({
      actor: (lanes.get(key.split('/')[1]!) as { actor?: string } | undefined)?.actor,
      id: idOf(row as unknown as { readonly action: StampedAction }),
    }))
  }

  /** Ids of the refused actions of all users. */
  get rejections(): string[] {
    return idsOf(this.device.list('rejection/'))
  }

  /** Ids of the refused actions of a user that nobody has dealt with. */
  rejectionsOf(actor: string): string[] {
    return idsOf(this.device.list(`rejection/${encodeURIComponent(actor)}/`))
  }

  list(prefix: string): ReturnType<SimulatedDevice['list']> {
    return this.device.list(prefix)
  }
}

function idsOf(rows: ReturnType<SimulatedDevice['list']>): string[] {
  return rows.map(([, row]) => idOf(row as unknown as { readonly action: StampedAction }))
}

const idOf = ({ action }: { readonly action: StampedAction }): string => action.meta.foldback.id
