import { FoldbackError, type StreamRef } from '@foldback/core'
import type { Engine, Session } from '@foldback/engine'
import type { Query } from './query.ts'
import { json, type Reply } from './reply.ts'

const limitDefault = 100
const limitMax = 1_000

/** `GET /records/:model`: `?limit=` of them, `?after=` an id. */
export async function listRecords(
  engine: Engine,
  session: Session,
  model: string,
  query: Query,
): Promise<Reply> {
  const limit = query.count('limit', 1, limitMax) ?? limitDefault
  const { records, next } = await engine.queries.records(session, model, query.text('after') ?? '', limit)
  return json(200, { records, next: next ?? null })
}

/** `GET /records/:model/:id`: now, at a `?version=`, or as it was `?at=` a time. */
export async function readRecord(
  engine: Engine,
  session: Session,
  ref: StreamRef,
  query: Query,
): Promise<Reply> {
  const version = query.count('version', 0, Number.MAX_SAFE_INTEGER)
  const at = query.time('at')
  if (version !== undefined && at !== undefined) {
    throw new FoldbackError('invalid-request', 'version and at exclude each other')
  }
  const moment = { ...(version !== undefined && { version }), ...(at !== undefined && { at }) }
  return json(200, await engine.queries.record(session, ref, moment))
}

/** `GET /events/:model/:id`: `?limit=` of them, `?after=` a version. */
export async function listEvents(
  engine: Engine,
  session: Session,
  ref: StreamRef,
  query: Query,
): Promise<Reply> {
  const limit = query.count('limit', 1, limitMax) ?? limitDefault
  const after = query.count('after', 0, Number.MAX_SAFE_INTEGER - 1) ?? 0
  const { events, next } = await engine.queries.events(session, ref, after + 1, limit)
  return json(200, { events, next: next ?? null })
}
