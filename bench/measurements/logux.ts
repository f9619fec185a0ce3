import type { Measurement } from '../measurement.ts'
import { crowd } from './crowd.ts'
import { underLoad } from './under-load.ts'

export const logux: Measurement = {
  name: 'Logux',
  about:
    'Actions that its client hears are processed, one per frame: folded by the same reducer in memory. Keeps nothing on disk.',
  packages: ['@logux/server', '@logux/client', '@logux/core'],
  round: (scale) => underLoad({ server: 'logux.ts', load: 'logux.ts' }, crowd, scale),
}
