import type { Measurement } from '../measurement.ts'
import { crowd } from './crowd.ts'
import { underLoad } from './under-load.ts'

export const echo: Measurement = {
  name: 'ws echo',
  about: 'A bare WebSocket server that sends each message back. Keeps nothing.',
  round: (scale) => underLoad({ server: 'echo.ts', load: 'echo.ts' }, crowd, scale),
}
