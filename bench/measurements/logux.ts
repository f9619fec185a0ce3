import type { Measurement } from '../measurement.ts'
import { crowd, throughput } from './throughput.ts'

export const logux: Measurement = {
  name: 'Logux',
  about:
    'Actions that its client hears are processed, one per frame: folded by the same reducer in memory. Keeps nothing on disk.',
  packages: ['@logux/server', '@logux/client', '@logux/core'],
  ...throughput({ server: 'logux.ts', load: 'logux.ts' }, crowd),
}
