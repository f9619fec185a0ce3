import type { AnyModel, Clock, Confirmed, LogPosition } from '@foldback/core'
import type { LocalRef } from '../entry.ts'
import type { Outbox } from './outbox.ts'
import {
  asJson,
  historyKey,
  listingKey,
  type ListingRow,
  listingsPrefix,
  namesIn,
  recordKey,
  type RecordRow,
  recordsPrefix,
} from './rows.ts'

/*
 * The records that this device keeps, as they were confirmed last, so that a page that opens without a connection
 * shows them.
 *
 * Invariant: where a listing says that all records of a model are here up to a position, each is here as of that
 * position or later, whichever pages wrote them: versions and positions only rise. Where the server itself went back,
 * its log has another history: records of different histories lie apart, and are never compared.
 */

export interface RecordCacheParts {
  readonly outbox: Outbox
  readonly clock: Clock
  /** Milliseconds from a change to its being written. */
  readonly cacheMs: number
  /** How many records are kept; beyond that those that have not changed for longest go. */
  readonly max: number
  /** How far each model is listed in full now. */
  readonly listings: () => readonly (readonly [AnyModel, LogPosition])[]
  /** The version of the model's code that folded what is here now: the server's. */
  readonly versionOf: (model: AnyModel) => number
  readonly warn: (message: string, cause: unknown) => void
}

interface Kept {
  readonly model: AnyModel
  readonly id: string
  readonly row: RecordRow
}

export class RecordCache {
  readonly #parts: RecordCacheParts
  /** What is kept of this user, those that changed last at the end. */
  readonly #kept = new Map<string, Kept>()
  /** Models of which all records are here, up to a position that can be gone on from if there is one. */
  readonly #listed = new Map<AnyModel, LogPosition | undefined>()
  /** To be written, or with undefined to be removed. */
  #dirty = new Map<string, RecordRow | undefined>()
  /** What other code has folded is to be removed, unless another page has written it anew. */
  #outdated = new Map<string, AnyModel>()
  /** Records that may not be read any more, of which this page keeps nothing: another one may. */
  #gone = new Set<string>()
  /** Models that were listed in full just now: whatever else the device has of them is not there any more. */
  #full = new Set<AnyModel>()
  /** Models whose listing says more than is kept now. */
  #unlisted = new Set<AnyModel>()
  /** Models of which more records exist than are kept. */
  readonly #partial = new Set<AnyModel>()
  #cancelFlush: (() => void) | undefined
  /** The device has no room: what is kept was given up. */
  #isOff = false
  /** Of which history of the server's log all this is; empty before a server has told one. */
  #history = ''
  /** A server has told it while this user was signed in: it knows better than the device. */
  #isTold = false
  /** This page was told it since the device was. */
  #isToTell = false

  constructor(parts: RecordCacheParts) {
    this.#parts = parts
  }

  /** Reads what earlier pages have left of this user. */
  async load(models: ReadonlyMap<string, AnyModel>): Promise<void> {
    const { outbox, versionOf } = this.#parts
    const actor = outbox.actor ?? ''
    // Of one moment: another page may write both meanwhile.
    const [histories, records, listings] = await outbox.list(
      historyKey(actor),
      recordsPrefix(actor),
      listingsPrefix(actor),
    )
    // Another user has come meanwhile: these are none of their business.
    if ((outbox.actor ?? '') !== actor) return
    if (!this.#isTold) this.#history = (histories![0]?.[1] as string | undefined) ?? ''
    const rows = records!
      .map(([key, row]) => [key, row as unknown as RecordRow] as const)
      .sort(([, a], [, b]) => a.at - b.at)
    for (const [key, row] of rows) {
      const [history, name, id] = namesIn(key)
      const model = models.get(name!)
      if (model === undefined || history !== this.#history) this.#dirty.set(key, undefined)
      else if (row.modelVersion === versionOf(model)) {
        // What a server has told meanwhile is later.
        if (!this.#kept.has(key)) this.#kept.set(key, { model, id: id!, row })
      } else {
        this.#outdated.set(key, model)
        // A listing would say that it is still here.
        this.#unlisted.add(model)
      }
    }
    for (const [key, value] of listings!) {
      const row = value as unknown as ListingRow
      const [history, name] = namesIn(key)
      const model = models.get(name!)
      if (history !== this.#history) this.#dirty.set(key, undefined)
      else if (model !== undefined && row.modelVersion === versionOf(model) && !this.#unlisted.has(model))
        this.#listed.set(model, row.isTrailing ? undefined : { seq: row.seq, id: row.id })
    }
    this.#trim()
  }

  /** A record as it was kept; undefined when it was not. */
  record({ model, id }: LocalRef): Confirmed | undefined {
    const row = this.#kept.get(this.#keyOf(model, id))?.row
    return row === undefined || row.isGone ? undefined : row
  }

  /** All records of a model that were kept. */
  recordsOf(model: AnyModel): readonly (readonly [id: string, confirmed: Confirmed])[] {
    return [...this.#kept.values()]
      .filter((kept) => kept.model === model && !kept.row.isGone)
      .map(({ id, row }) => [id, row])
  }

  /** True when all records of the model are kept, as they were once. */
  isListed(model: AnyModel): boolean {
    return this.#listed.has(model)
  }

  /** Up to where they are; undefined when that cannot be gone on from. */
  listing(model: AnyModel): LogPosition | undefined {
    return this.#listed.get(model)
  }

  /** A record is confirmed as it is now. */
  keep({ model, id }: LocalRef, { state, version, eventId }: Confirmed): void {
    if (this.#isOff) return
    const key = this.#keyOf(model, id)
    const before = this.#kept.get(key)?.row
    // That there is none, as a listing says, is known already.
    if (version === 0 && before?.isGone) return
    // The same event may have been folded on what the server had before it went back.
    if (before?.eventId === eventId && before.version === version && before.state === state) return
    this.#put(key, { model, id, row: this.#row(model, { state, version, eventId }) })
  }

  /** A record may not be read any more, or is not there. */
  drop({ model, id }: LocalRef): void {
    const key = this.#keyOf(model, id)
    const before = this.#kept.get(key)?.row
    if (before === undefined || before.isGone) {
      this.#gone.add(key)
      return this.#later()
    }
    const row = this.#row(model, { state: null, version: before.version + 0.5, eventId: '' })
    this.#put(key, { model, id, row: { ...row, isGone: true } })
  }

  /** These are all records of the model that there are. */
  retain(model: AnyModel, ids: ReadonlySet<string>): void {
    const gone = [...this.#kept.values()].filter(
      (kept) => kept.model === model && !kept.row.isGone && !ids.has(kept.id),
    )
    for (const kept of gone) this.drop(kept)
    this.#full.add(model)
    this.#later()
  }

  /** A server has told the history of its log. True when what is here is of another one: nothing of it is kept on. */
  welcomed(history: string): boolean {
    const isOther = history !== this.#history
    if (isOther) this.clear()
    this.#history = history
    this.#isTold = true
    this.#isToTell = true
    this.#later()
    return isOther
  }

  /** The server folds a model with other code than what was kept. */
  refold(model: AnyModel): void {
    for (const [key, kept] of this.#kept) {
      if (kept.model !== model) continue
      this.#dirty.delete(key)
      this.#kept.delete(key)
      this.#outdated.set(key, model)
    }
    this.#listed.delete(model)
    this.#outdated.set(listingKey(this.#parts.outbox.actor ?? '', this.#history, model.name), model)
    this.#later()
  }

  /** A model has been listed, perhaps without a record that is new. */
  touch(): void {
    this.#later()
  }

  /** Another user: what the one before has kept stays kept. */
  clear(): void {
    this.#cancelFlush?.()
    this.#cancelFlush = undefined
    this.#kept.clear()
    this.#listed.clear()
    this.#partial.clear()
    this.#unlisted.clear()
    this.#dirty.clear()
    this.#outdated.clear()
    this.#gone.clear()
    this.#full.clear()
    this.#isTold = false
    this.#isToTell = false
  }

  #keyOf(model: AnyModel, id: string): string {
    return recordKey(this.#parts.outbox.actor ?? '', this.#history, model.name, id)
  }

  #row(model: AnyModel, confirmed: Confirmed): RecordRow {
    return { ...confirmed, modelVersion: this.#parts.versionOf(model), at: this.#parts.clock.now() }
  }

  #put(key: string, kept: Kept): void {
    // Behind those that changed before it.
    this.#kept.delete(key)
    this.#kept.set(key, kept)
    this.#dirty.set(key, kept.row)
    this.#gone.delete(key)
    this.#trim()
    this.#later()
  }

  #trim(): void {
    for (const [key, { model }] of this.#kept) {
      if (this.#kept.size <= this.#parts.max) return
      this.#kept.delete(key)
      this.#dirty.set(key, undefined)
      this.#partial.add(model)
      this.#listed.delete(model)
    }
  }

  #later(): void {
    if (this.#isOff || this.#cancelFlush !== undefined) return
    const { clock, cacheMs } = this.#parts
    this.#cancelFlush = clock.after(cacheMs, () => this.flush())
  }

  /** Writes what has changed. */
  flush(): void {
    this.#cancelFlush?.()
    this.#cancelFlush = undefined
    const { outbox, listings, versionOf, warn } = this.#parts
    const actor = outbox.actor
    if (actor === undefined || this.#isOff) return
    const dirty = this.#dirty
    const outdated = this.#outdated
    const gone = this.#gone
    const listed = listings().filter(([model]) => !this.#partial.has(model))
    const versions = new Map(listed.map(([model]) => [model, versionOf(model)]))
    const unlisted = new Set([...this.#partial, ...this.#unlisted])
    const trailing = this.#trailing(versions)
    const full = this.#full
    const there = new Set([...this.#kept].filter(([, { row }]) => isThere(row)).map(([key]) => key))
    const history = this.#history
    const isToTell = this.#isToTell
    const changes = dirty.size + outdated.size + gone.size + listed.length + unlisted.size
    if (changes === 0 && !isToTell) return
    this.#dirty = new Map()
    this.#outdated = new Map()
    this.#gone = new Set()
    this.#unlisted = new Set()
    this.#full = new Set()
    this.#isToTell = false
    outbox
      .change(async (rows) => {
        if (isToTell && (await rows.get(historyKey(actor))) !== history) rows.put(historyKey(actor), history)
        for (const [key, model] of outdated) {
          const stored = (await rows.get(key)) as unknown as RecordRow | ListingRow | undefined
          if (stored?.modelVersion !== versionOf(model)) rows.remove(key)
        }
        for (const key of gone) {
          const stored = (await rows.get(key)) as unknown as RecordRow | undefined
          if (!stored?.isGone) rows.remove(key)
        }
        for (const [key, row] of dirty) {
          const stored = (await rows.get(key)) as unknown as RecordRow | undefined
          if (row === undefined) rows.remove(key)
          else if (stored === undefined || !isBehind(row, stored)) rows.put(key, asJson(row))
        }
        for (const { name } of unlisted) rows.remove(listingKey(actor, history, name))
        for (const { name } of trailing) {
          const key = listingKey(actor, history, name)
          const stored = (await rows.get(key)) as unknown as ListingRow | undefined
          if (stored !== undefined) rows.put(key, asJson({ ...stored, isTrailing: true }))
        }
        for (const [model, position] of listed) {
          const key = listingKey(actor, history, model.name)
          const stored = (await rows.get(key)) as unknown as ListingRow | undefined
          const isOlder = stored?.modelVersion === versions.get(model) && stored!.seq >= position.seq
          if (isOlder && !unlisted.has(model)) continue
          rows.put(key, asJson({ ...position, modelVersion: versions.get(model) }))
          if (!full.has(model)) continue
          // Another page may have kept what this one never knew, or a later version of it.
          for (const [each, row] of await rows.list(recordsPrefix(actor, history, model.name))) {
            if (!there.has(each) && !(row as unknown as RecordRow).isGone) rows.remove(each)
          }
        }
      })
      .catch((cause: unknown) => {
        warn(
          'Foldback: records could not be kept on this device; a page opened offline will lack them.',
          cause,
        )
        this.giveUp()
      })
  }

  /** Models of which records have changed while they were not listed in full. */
  #trailing(listed: ReadonlyMap<AnyModel, number>): ReadonlySet<AnyModel> {
    const trailing = new Set<AnyModel>()
    for (const [key, row] of this.#dirty) {
      const model = this.#kept.get(key)?.model
      if (row === undefined || model === undefined || listed.has(model)) continue
      trailing.add(model)
      if (this.#listed.has(model)) this.#listed.set(model, undefined)
    }
    return trailing
  }

  /** The device has no room: what is kept goes, and nothing more is kept while the page lives. */
  giveUp(): void {
    const { outbox } = this.#parts
    const { actor } = outbox
    if (actor === undefined || this.#isOff) return
    this.clear()
    this.#isOff = true
    outbox
      .change(async (rows) => {
        for (const prefix of [recordsPrefix(actor), listingsPrefix(actor)]) {
          for (const [key] of await rows.list(prefix)) rows.remove(key)
        }
      })
      .catch(() => {})
  }
}

/** There is something to show, or was. */
function isThere({ isGone, version }: RecordRow): boolean {
  return !isGone && version > 0
}

/** Versions of what other code has folded are nothing to compare with; newer code knows better. */
function isBehind(row: RecordRow, stored: RecordRow): boolean {
  if (row.modelVersion !== stored.modelVersion) return row.modelVersion < stored.modelVersion
  return row.version < stored.version
}
