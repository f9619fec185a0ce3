import type { Measurement } from '../measurement.ts'
import { crowd, throughput } from './throughput.ts'

const files = { server: 'foldback.ts', load: 'foldback.ts' }

export const foldback: Measurement = {
  name: 'Foldback, one action per frame',
  about:
    'Actions settled: folded by the reducer, and events and records durable in SQLite (synchronous=FULL).',
  ...throughput(files, { ...crowd, batches: false }),
}

export const foldbackBatched: Measurement = {
  name: 'Foldback, batched',
  about: 'The same, and what a client sends at one time goes in one frame, as its package sends it.',
  ...throughput(files, { ...crowd, batches: true }),
}
