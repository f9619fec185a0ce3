import type { Measurement } from '../measurement.ts'
import { alone } from './alone.ts'

const packages = ['@event-driven-io/emmett', '@event-driven-io/emmett-sqlite', 'sqlite3']

export const emmettAppend: Measurement = {
  name: 'Emmett, append',
  about:
    'Events appended one after the other, each durable in SQLite (synchronous=FULL) with an expected version. No socket, no record, nobody who is told.',
  packages,
  ...alone('servers/emmett-append.ts'),
}

export const emmettRehydrate: Measurement = {
  name: 'Emmett, rehydrate',
  about: 'A stream of 10,000 events is read from SQLite and folded by the same reducer. It has no snapshots.',
  packages,
  ...alone('servers/emmett-rehydrate.ts'),
}
