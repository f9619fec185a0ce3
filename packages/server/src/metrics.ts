import { errors } from '@foldback/core'
import type { ActionOutcome, Engine } from '@foldback/engine'
import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client'

export type WebSocketDoor = 'sync' | 'plain'

/** What this server counts, as Prometheus reads it. Every label has few values. */
export class Metrics {
  readonly #registry = new Registry()
  readonly #connections: Gauge<'door'>
  readonly #actions: Counter<'outcome' | 'code'>
  readonly #incidents: Counter<'code'>
  readonly #divergences: Counter<'model'>

  constructor(load: () => Engine['load']) {
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
    this.#gauge('foldback_actions_under_way', 'Actions that wait, are folded or are being committed.', () => {
      return load().actionsUnderWay
    })
    this.#gauge('foldback_cached_records', 'Records held in memory.', () => load().cachedRecords)
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
