import { Metrics } from '../metrics.ts'
import { Traffic } from '../websocket/traffic.ts'

/** The metrics of a server that holds nothing and has no models. */
export function metricsOfNothing(): Metrics {
  const load = {
    queuedActions: 0,
    queuedBytes: 0,
    actionsUnderWay: 0,
    ratedUsers: 0,
    cachedRecords: 0,
    cachedRecordBytes: 0,
    recordHits: 0,
    recordMisses: 0,
    cachedLanes: 0,
    recordSubscriptions: 0,
    modelSubscriptions: 0,
    tcpConnections: 0,
  }
  return new Metrics({ models: [], load: () => load, traffic: () => new Traffic() })
}
