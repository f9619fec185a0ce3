import type { Measurement } from '../measurement.ts'
import { crowd } from './crowd.ts'
import { underLoad } from './under-load.ts'

const files = { server: 'foldback.ts', load: 'foldback.ts' }

export const foldback: Measurement = {
  name: 'Foldback, one action per frame',
  about:
    'Actions settled: folded by the reducer, and events and records durable in SQLite (synchronous=FULL).',
  round: (scale) => underLoad(files, { ...crowd, batches: false }, scale),
}

export const foldbackBatched: Measurement = {
  name: 'Foldback, batched',
  about: 'The same, and what a client sends at one time goes in one frame, as its package sends it.',
  round: (scale) => underLoad(files, { ...crowd, batches: true }, scale),
}
