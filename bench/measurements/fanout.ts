import type { Measurement } from '../measurement.ts'
import { deliveries } from './deliveries.ts'

export const fanout: Measurement = {
  name: 'Foldback, fan-out',
  about:
    'Actions of one client, one in a frame, durable before 1,000 subscribers to all orders get them as events.',
  ...deliveries({ server: 'foldback.ts', load: 'fanout.ts' }),
}
