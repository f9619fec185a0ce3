import type { Measurement } from '../measurement.ts'
import { crowd, throughput } from './throughput.ts'

export const coupled: Measurement = {
  name: 'The coupled design, written plainly',
  about:
    'An action is folded and answered, then its event and then its record are written to SQLite (synchronous=FULL), one at a time. An answer may come before what it says is durable.',
  // Any server that answers each message with one.
  ...throughput({ server: 'coupled.ts', load: 'echo.ts' }, crowd),
}
