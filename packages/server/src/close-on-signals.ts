import { constants } from 'node:os'
import type { CloseOptions, FoldbackServer } from './foldback-server.ts'

const signals = ['SIGTERM', 'SIGINT'] as const

/**
 * Closes the server in good order when the process is told to end, and ends it then: with exit code 0 when all was
 * settled, and 1 when something had to be cut off. A second signal ends it at once.
 *
 * @example closeOnSignals(server)
 */
export function closeOnSignals(server: FoldbackServer, options: CloseOptions = {}): void {
  let isClosing = false
  const heed = (signal: (typeof signals)[number]): void => {
    // What a shell gives for a program that a signal has ended.
    if (isClosing) process.exit(128 + constants.signals[signal])
    isClosing = true
    server.close(options).then(
      () => process.exit(server.isCutOff ? 1 : 0),
      () => process.exit(1),
    )
  }
  for (const signal of signals) process.on(signal, heed)
}
