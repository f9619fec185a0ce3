import type { Measurement } from '../measurement.ts'
import { broadcast } from './broadcast.ts'
import { echo } from './echo.ts'
import { fanout } from './fanout.ts'
import { foldback, foldbackBatched } from './foldback.ts'
import { idleSessions, idleSockets } from './idle-connections.ts'
import { fdatasync, groupCommit, reducer } from './limits.ts'
import { echoRoundTrip, foldbackRoundTrip } from './round-trips.ts'

/** In the order in which the first round makes them: what is compared is near to each other. */
export const measurements: readonly Measurement[] = [
  fdatasync,
  echoRoundTrip,
  foldbackRoundTrip,
  echo,
  foldback,
  foldbackBatched,
  groupCommit,
  reducer,
  broadcast,
  fanout,
  idleSockets,
  idleSessions,
]
