import type { Measurement } from '../measurement.ts'
import { deliveries } from './deliveries.ts'

export const broadcast: Measurement = {
  name: 'ws broadcast',
  about: 'A bare WebSocket server that sends each message of one client to 1,000. Keeps nothing.',
  ...deliveries({ server: 'broadcast.ts', load: 'broadcast.ts' }),
}
