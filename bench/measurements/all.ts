import type { Measurement } from '../measurement.ts'
import { broadcast } from './broadcast.ts'
import { coupled } from './coupled.ts'
import { echo } from './echo.ts'
import { emmettAppend, emmettRehydrate } from './emmett.ts'
import { fanout } from './fanout.ts'
import { foldback, foldbackBatched } from './foldback.ts'
import { foldbackLargeLog, foldbackSmallLog } from './foldback-growth.ts'
import { foldbackLogSize } from './foldback-log-size.ts'
import { foldbackRefold } from './foldback-refold.ts'
import { foldbackRehydrate } from './foldback-rehydrate.ts'
import { foldbackRestart } from './foldback-restart.ts'
import { hocuspocus } from './hocuspocus.ts'
import { idleSessions, idleSockets } from './idle-connections.ts'
import { fdatasync, groupCommit, reducer } from './limits.ts'
import { logux } from './logux.ts'
import { echoRoundTrip, foldbackRoundTrip } from './round-trips.ts'
import { socketIo } from './socket-io.ts'

/** In the order in which the first round makes them: what is compared is near to each other. */
export const measurements: readonly Measurement[] = [
  fdatasync,
  echoRoundTrip,
  foldbackRoundTrip,
  echo,
  foldback,
  logux,
  foldbackBatched,
  socketIo,
  hocuspocus,
  coupled,
  emmettAppend,
  emmettRehydrate,
  foldbackRehydrate,
  groupCommit,
  reducer,
  foldbackRefold,
  broadcast,
  fanout,
  idleSockets,
  idleSessions,
  foldbackLogSize,
  foldbackRestart,
  foldbackSmallLog,
  foldbackLargeLog,
]
