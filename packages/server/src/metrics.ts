import { type ErrorCode, errors } from '@foldback/core'
import type { ActionOutcome, EngineLoad } from '@foldback/engine'
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import { type ServerLimits, serverLimitsDefault, uncountedLimits } from './limits.ts'
import type { Traffic, WebSocketDoor } from './websocket/traffic.ts'

export interface MetricDescription {
  readonly name: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly labels: readonly string[]
  readonly help: string
}

export interface ServerLoad extends EngineLoad {
  /** Connections of all kinds. */
  readonly tcpConnections: number
}

/** What is asked when somebody reads the metrics, instead of being counted along. */
export interface MetricSources {
  /** Names of the models. */
  readonly models: readonly string[]
  readonly load: () => ServerLoad
  readonly traffic: (door: WebSocketDoor) => Traffic
}

/** What an operator is told of most. */
const incidentCodes: readonly ErrorCode[] = [
  'internal',
  'rule-threw',
  'reducer-threw',
  'upcast-failed',
  'record-too-large',
  'unstorable',
  'diverged',
  'disk-full',
  'store-failed',
  'store-lost',
  'writer-superseded',
]

const doors: readonly WebSocketDoor[] = ['sync', 'plain']

/** From a millisecond, which is less than any disk takes, to ten seconds, when something is wrong. */
const waitSeconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
/** `turnActionsMax` is 1,000 when it is not set. */
const turnSizes = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000]

/**
 * What this server counts, as Prometheus reads it; docs/metrics.md lists it. A name ends with its unit, and every
 * label has few values: never an id.
 */
export class Metrics {
  readonly #registry = new Registry()
  readonly #registers = [this.#registry]
  readonly #actions = new Map<string, { outcome: ActionOutcome; code: string; count: number }>()
  readonly #lag: Histogram
  readonly #turnActions: Histogram
  readonly #turnSeconds: Histogram
  readonly #commits: Histogram
  readonly #requests: Histogram<'route' | 'status'>
  readonly #refusedUpgrades: Counter<'code'>
  readonly #incidents: Counter<'code'>
  readonly #divergences: Counter<'model'>
  readonly #limits: Counter<'limit'>

  constructor(sources: MetricSources) {
    collectDefaultMetrics({ register: this.#registry })
    // From the start, or the first ones would not count in a rate.
    for (const outcome of ['accepted', 'repeated'] as const) this.#tally(outcome, '')
    this.#actionsTotal()
    this.#lag = this.#histogram(
      'foldback_action_settle_seconds',
      'Time from the arrival of an action to its acceptance or refusal being durable.',
      waitSeconds,
    )
    this.#turnActions = this.#histogram(
      'foldback_turn_actions',
      'Actions committed together in one turn.',
      turnSizes,
    )
    this.#turnSeconds = this.#histogram(
      'foldback_turn_commit_seconds',
      'Time that the store took for a turn, the wait for its thread included.',
      waitSeconds,
    )
    this.#commits = this.#histogram(
      'foldback_store_commit_seconds',
      'Time that making a commit durable took: with SQLite, the write to its log and the fsync.',
      waitSeconds,
    )
    this.#requests = new Histogram({
      name: 'foldback_http_request_seconds',
      help: 'Time from an HTTP request to the end of its answer, by route and status; "other" is what is for no door.',
      labelNames: ['route', 'status'],
      buckets: waitSeconds,
      registers: this.#registers,
    })
    this.#refusedUpgrades = this.#counter(
      'foldback_refused_upgrades_total',
      'Requests to become a WebSocket that were refused, by code.',
      'code',
    )
    this.#incidents = this.#counter(
      'foldback_incidents_total',
      'Things that went wrong on the server, by code; the log has each of them.',
      'code',
    )
    this.#divergences = this.#counter(
      'foldback_divergences_total',
      'States that a client had folded otherwise than this server, by model; each was healed from a snapshot.',
      'model',
    )
    this.#limits = this.#counter(
      'foldback_limit_reached_total',
      'How often each limit took effect, by its name; docs/limits.md says what each does.',
      'limit',
    )
    // From the start, or the first of them would not be a rise.
    for (const limit of Object.keys(serverLimitsDefault)) {
      if (!uncountedLimits.has(limit)) this.#limits.inc({ limit }, 0)
    }
    for (const code of incidentCodes) this.#incidents.inc({ code }, 0)
    for (const model of sources.models) this.#divergences.inc({ model }, 0)
    this.#addLoad(sources.load)
    this.#addTraffic(sources.traffic)
  }

  #addLoad(load: () => ServerLoad): void {
    this.#gauge('foldback_queued_actions', 'Actions that wait to be folded.', () => load().queuedActions)
    this.#gauge(
      'foldback_actions_under_way',
      'Actions that wait, are folded or are being committed.',
      () => load().actionsUnderWay,
    )
    this.#gauge('foldback_queued_bytes', 'Bytes of actions that wait.', () => load().queuedBytes)
    this.#gauge('foldback_rated_users', 'Users whose rates are remembered.', () => load().ratedUsers)
    this.#gauge(
      'foldback_tcp_connections',
      'Connections of all kinds that are open.',
      () => load().tcpConnections,
    )
    this.#gauge('foldback_cached_records', 'Records held in memory.', () => load().cachedRecords)
    this.#gauge(
      'foldback_cached_record_bytes',
      'Bytes of the records held in memory: of their JSON, and 500 for each.',
      () => load().cachedRecordBytes,
    )
    this.#gauge('foldback_cached_lanes', 'Lanes whose marks are held in memory.', () => load().cachedLanes)
    this.#read(
      'foldback_record_lookups_total',
      'How often a record was asked for, by result: "hit" when it was in memory, "miss" when the store was read.',
      'result',
      () => ({ hit: load().recordHits, miss: load().recordMisses }),
    )
    const subscriptions = new Gauge({
      name: 'foldback_subscriptions',
      help: 'Subscriptions of all connections, to single records or to all records of a model; plain connections have those of the models that they hear of.',
      labelNames: ['to'],
      registers: this.#registers,
      collect: () => {
        subscriptions.set({ to: 'record' }, load().recordSubscriptions)
        subscriptions.set({ to: 'model' }, load().modelSubscriptions)
      },
    })
  }

  #addTraffic(traffic: (door: WebSocketDoor) => Traffic): void {
    const perDoor = (read: (each: Traffic) => number): Record<WebSocketDoor, number> => ({
      sync: read(traffic('sync')),
      plain: read(traffic('plain')),
    })
    const gauges = [
      [
        'foldback_connections',
        'WebSocket connections that are open, by door.',
        (each: Traffic) => each.openCount,
      ],
      [
        'foldback_websocket_buffered_bytes',
        'Bytes that wait for slow readers, of all connections of a door.',
        (each: Traffic) => each.bufferedBytes,
      ],
    ] as const
    for (const [name, help, read] of gauges) {
      const gauge: Gauge<'door'> = new Gauge({
        name,
        help,
        labelNames: ['door'],
        registers: this.#registers,
        collect: () => {
          for (const door of doors) gauge.set({ door }, perDoor(read)[door])
        },
      })
    }
    const counters = [
      ['foldback_websocket_sent_frames_total', 'Frames sent, by door.', (each: Traffic) => each.sentFrames],
      [
        'foldback_websocket_received_frames_total',
        'Frames received, by door.',
        (each: Traffic) => each.receivedFrames,
      ],
      ['foldback_websocket_sent_bytes_total', 'Bytes sent, by door.', (each: Traffic) => each.sentBytes],
      [
        'foldback_websocket_received_bytes_total',
        'Bytes received, by door.',
        (each: Traffic) => each.receivedBytes,
      ],
    ] as const
    for (const [name, help, read] of counters) this.#read(name, help, 'door', () => perDoor(read))
  }

  #histogram(name: string, help: string, buckets: number[]): Histogram {
    return new Histogram({ name, help, buckets, registers: this.#registers })
  }

  #counter<Label extends string>(name: string, help: string, label: Label): Counter<Label> {
    return new Counter({ name, help, labelNames: [label], registers: this.#registers })
  }

  /** A number that is read when somebody asks. */
  #gauge(name: string, help: string, read: () => number): void {
    const gauge: Gauge = new Gauge({
      name,
      help,
      registers: this.#registers,
      collect: () => gauge.set(read()),
    })
  }

  /** Counts that somebody else keeps, by the values of one label; read when somebody asks. */
  #read(name: string, help: string, label: string, read: () => { readonly [value: string]: number }): void {
    const counter: Counter = new Counter({
      name,
      help,
      labelNames: [label],
      registers: this.#registers,
      collect: () => {
        counter.reset()
        for (const [value, count] of Object.entries(read())) {
          counter.inc({ [label]: value }, count)
        }
      },
    })
  }

  /** Counted in a map of our own: this happens once for each action, and finding labels costs more than folding. */
  #actionsTotal(): void {
    const counter: Counter<'outcome' | 'code'> = new Counter({
      name: 'foldback_actions_total',
      help: 'Actions by outcome, and where they were not accepted by code; "rule" stands for the application\'s own codes.',
      labelNames: ['outcome', 'code'],
      registers: this.#registers,
      collect: () => {
        counter.reset()
        for (const { outcome, code, count } of this.#actions.values()) counter.inc({ outcome, code }, count)
      },
    })
  }

  #tally(outcome: ActionOutcome, code: string): { count: number } {
    const key = `${outcome} ${code}`
    let tally = this.#actions.get(key)
    if (tally === undefined) this.#actions.set(key, (tally = { outcome, code, count: 0 }))
    return tally
  }

  action(outcome: ActionOutcome, code: string | undefined, lagMs: number): void {
    this.#tally(outcome, codeLabel(code)).count++
    if (outcome === 'accepted' || outcome === 'rejected') this.#lag.observe(lagMs / 1_000)
  }

  turn(actionCount: number, commitMs: number): void {
    this.#turnActions.observe(actionCount)
    this.#turnSeconds.observe(commitMs / 1_000)
  }

  commit(seconds: number): void {
    this.#commits.observe(seconds)
  }

  request(route: string, status: number, seconds: number): void {
    this.#requests.observe({ route, status }, seconds)
  }

  refusedUpgrade(code: string): void {
    this.#refusedUpgrades.inc({ code: codeLabel(code) })
  }

  incident(code: string): void {
    this.#incidents.inc({ code })
  }

  divergence(model: string): void {
    this.#divergences.inc({ model })
  }

  limitReached(limit: keyof ServerLimits): void {
    this.#limits.inc({ limit })
  }

  get contentType(): string {
    return this.#registry.contentType
  }

  text(): Promise<string> {
    return this.#registry.metrics()
  }

  /** What there is of Foldback's own, for its documentation. */
  describe(): readonly MetricDescription[] {
    return this.#registry.getMetricsAsArray().flatMap((metric) => {
      const {
        name,
        help,
        labelNames = [],
      } = metric as unknown as { name: string; help: string; labelNames?: string[] }
      if (!name.startsWith('foldback_')) return []
      const type = metric instanceof Histogram ? 'histogram' : metric instanceof Gauge ? 'gauge' : 'counter'
      return [{ name, type, labels: labelNames.filter((label) => label !== 'le'), help }]
    })
  }
}

/** An application may have any number of codes; as labels they would fill Prometheus. */
function codeLabel(code: string | undefined): string {
  if (code === undefined) return ''
  return Object.hasOwn(errors, code) ? code : 'rule'
}
