import type { Measurement } from '../measurement.ts'
import { crowd, throughput } from './throughput.ts'

export const echo: Measurement = {
  name: 'ws echo',
  about: 'A bare WebSocket server that sends each message back. Keeps nothing.',
  ...throughput({ server: 'echo.ts', load: 'echo.ts' }, crowd),
}
