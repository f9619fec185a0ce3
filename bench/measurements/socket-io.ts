import type { Measurement } from '../measurement.ts'
import { crowd } from './crowd.ts'
import { underLoad } from './under-load.ts'

export const socketIo: Measurement = {
  name: 'Socket.IO echo',
  about: 'Each action goes back in the acknowledgement of its message. Keeps nothing.',
  packages: ['socket.io', 'socket.io-client'],
  round: (scale) => underLoad({ server: 'socket-io.ts', load: 'socket-io.ts' }, crowd, scale),
}
