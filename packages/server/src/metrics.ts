import { errors } from '@foldback/core'
import type { ActionOutcome, EngineLoad } from '@foldback/engine'
import { type ServerLimits, serverLimitsDefault } from './limits.ts'
import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client'

export interface ServerLoad extends EngineLoad {
  /** Connections of all kinds. */
  readonly tcpConnections: number
  readonly bufferedBytes: number
}

export type WebSocketDoor = 'sync' | 'plain'

/** What this server counts, as Prometheus reads it. Every label has few values. */
export class Metrics {
  readonly #registry = new Registry()
  readonly #connections: Gauge<'door'>
  readonly #actions: Counter<'outcome' | 'code'>
  readonly #incidents: Counter<'code'>
  readonly #divergences: Counter<'model'>
  readonly #limits: Counter<'limit'>

  constructor() {
    const registers = [this.#registry]
    collectDefaultMetrics({ register: this.#registry, prefix: 'foldback_' })
    this.#connections = new Gauge({
      name: 'foldback_connections',
      help: 'WebSocket connections that are open, by door.',
      labelNames: ['door'],
      registers,
    })
    this.#connections.set({ door: 'sync' }, 0)
    this.#connections.set({ door: 'plain' }, 0)
    this.#actions = new Counter({
      name: 'foldback_actions_total',
      help: 'Actions by outcome, and where they were not accepted by code; "rule" stands for the application\'s own codes.',
      labelNames: ['outcome', 'code'],
      registers,
    })
    this.#incidents = new Counter({
      name: 'foldback_incidents_total',
      help: 'Things that went wrong on the server, by code; the log has each of them.',
      labelNames: ['code'],
      registers,
    })
    this.#divergences = new Counter({
      name: 'foldback_divergences_total',
      help: 'States that a client had folded otherwise than this server, by model; each was healed from a snapshot.',
      labelNames: ['model'],
      registers,
    })
    this.#limits = new Counter({
      name: 'foldback_limit_reached_total',
      help: 'How often each limit took effect, by its name; docs/limits.md says what each does.',
      labelNames: ['limit'],
      registers,
    })
    for (const limit of Object.keys(serverLimitsDefault)) this.#limits.inc({ limit }, 0)
  }

  /** Tells from now on how much of everything there is, as of when somebody asks. */
  watch(load: () => ServerLoad): void {
    this.#gauge('foldback_actions_under_way', 'Actions that wait, are folded or are being committed.', () => {
      return load().actionsUnderWay
    })
    this.#gauge('foldback_cached_records', 'Records held in memory.', () => load().cachedRecords)
    this.#gauge('foldback_cached_lanes', 'Lanes whose marks are held in memory.', () => load().cachedLanes)
    this.#gauge('foldback_rated_users', 'Users whose rates are remembered.', () => load().ratedUsers)
    this.#gauge('foldback_queued_bytes', 'Bytes of actions that wait.', () => load().queuedBytes)
    this.#gauge('foldback_subscriptions', 'Subscriptions of all sessions.', () => load().subscriptions)
    this.#gauge('foldback_tcp_connections', 'Connections of all kinds that are open.', () => {
      return load().tcpConnections
    })
    this.#gauge('foldback_buffered_bytes', 'Bytes that wait for readers of WebSockets.', () => {
      return load().bufferedBytes
    })
  }

  /** A number that is read when somebody asks. */
  #gauge(name: string, help: string, read: () => number): void {
    const gauge: Gauge = new Gauge({ name, help, registers: [], collect: () => gauge.set(read()) })
    this.#registry.registerMetric(gauge)
  }

  connected(door: WebSocketDoor): void {
    this.#connections.inc({ door })
  }

  disconnected(door: WebSocketDoor): void {
    this.#connections.dec({ door })
  }

  action(outcome: ActionOutcome, code: string | undefined): void {
    this.#actions.inc({ outcome, code: codeLabel(code) })
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
}

/** An application may have any number of codes; as labels they would fill Prometheus. */
function codeLabel(code: string | undefined): string {
  if (code === undefined) return ''
  return Object.hasOwn(errors, code) ? code : 'rule'
}
