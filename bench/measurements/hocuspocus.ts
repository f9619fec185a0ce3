import type { Measurement } from '../measurement.ts'
import { crowd, throughput } from './throughput.ts'

export const hocuspocus: Measurement = {
  name: 'Yjs with Hocuspocus',
  about:
    'Updates that add a line to an order in a shared document, acknowledged when they are in memory. The whole document is written within 10 s; no reducer, no log.',
  packages: ['@hocuspocus/server', '@hocuspocus/extension-database', '@hocuspocus/provider', 'yjs'],
  ...throughput({ server: 'hocuspocus.ts', load: 'hocuspocus.ts' }, crowd),
}
