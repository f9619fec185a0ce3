import type { Measurement } from '../measurement.ts'
import { crowd, throughput } from './throughput.ts'

export const hocuspocus: Measurement = {
  name: 'Yjs with Hocuspocus',
  about:
    'Updates, each a line added to an order in a document of its client, acknowledged when they are in memory. Whole documents are written 2 to 10 s later, outside of what is measured; no reducer, no log.',
  packages: ['@hocuspocus/server', '@hocuspocus/extension-database', '@hocuspocus/provider', 'yjs'],
  ...throughput({ server: 'hocuspocus.ts', load: 'hocuspocus.ts' }, crowd),
}
