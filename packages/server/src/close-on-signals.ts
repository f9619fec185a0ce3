import { constants } from 'node:os'
import type { CloseOptions, FoldbackServer } from './foldback-server.ts'

const signals = ['SIGTERM', 'SIGINT'] as const
/** A terminal gives Ctrl-C to npm and to the server, and npm hands it on: that is one signal. */
const echoMs = 250

/**
 * Closes the server in good order when the process is told to end, and ends it then: with exit code 0 when all was
 * settled, and 1 when something had to be cut off. A second signal ends it at once, unless it is the echo of the first.
 *
 * @example closeOnSignals(server)
 */
export function closeOnSignals(server: FoldbackServer, options: CloseOptions = {}): void {
  let closingSince: number | undefined
  const heed = (signal: (typeof signals)[number]): void => {
    if (closingSince !== undefined) {
      // What a shell gives for a program that a signal has ended.
      if (performance.now() > closingSince + echoMs) process.exit(128 + constants.signals[signal])
      return
    }
    closingSince = performance.now()
    server.close(options).then(
      () => process.exit(server.isCutOff ? 1 : 0),
      () => process.exit(1),
    )
  }
  for (const signal of signals) process.on(signal, heed)
}
