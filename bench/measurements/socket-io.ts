import type { Measurement } from '../measurement.ts'
import { crowd, throughput } from './throughput.ts'

export const socketIo: Measurement = {
  name: 'Socket.IO echo',
  about: 'Each action goes back in the acknowledgement of its message. Keeps nothing.',
  packages: ['socket.io', 'socket.io-client'],
  ...throughput({ server: 'socket-io.ts', load: 'socket-io.ts' }, crowd),
}
