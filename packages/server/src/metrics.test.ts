import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { created, renamed } from '../../../test-support/order-models.ts'
import { RunningServer } from '../../../test-support/running-server.ts'
import { sqlite } from './sqlite/sqlite-store.ts'
import { metricsOfNothing } from './test-parts/metrics-of-nothing.ts'

const page = readFileSync(new URL('../../../docs/metrics.md', import.meta.url), 'utf8')
describe('docs/metrics.md', () => {
  it('lists every metric and no other, in order, with its type, its labels and what it says', () => {
    const row = /^\| `(?<name>foldback_\w+)` \| (?<type>\w+) \| (?:(?<labels>[^|]+) )?\| (?<help>.+) \|$/gm
    const listed = Array.from(page.matchAll(row), ({ groups }) => ({
      name: groups!['name'],
      type: groups!['type'],
      labels: Array.from((groups!['labels'] ?? '').matchAll(/`(\w+)`/g), ([, label]) => label),
      help: groups!['help'],
    }))
    expect(listed).toEqual(metricsOfNothing().describe())
  })
})

describe('names', () => {
  const endings = {
    counter: /_total$/,
    gauge: /_(bytes|actions|users|records|lanes|subscriptions|connections|under_way)$/,
    histogram: /_(seconds|actions)$/,
  }
  it.each(metricsOfNothing().describe())('$name ends with its unit', ({ name, type }) => {
    expect(name).toMatch(endings[type])
  })
})

/** The numbers at /metrics, by name and labels as they stand there. */
async function samples(server: RunningServer): Promise<Record<string, number>> {
  const text = await (await server.fetch('/metrics')).text()
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return Object.fromEntries(
    lines.map((line) => {
      const cut = line.lastIndexOf(' ')
      return [line.slice(0, cut), Number(line.slice(cut + 1))]
    }),
  )
}

describe('/metrics', () => {
  it('follows actions from their arrival to the disk', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'foldback-metrics-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const server = await RunningServer.start({ store: sqlite(join(folder, 'orders.db')) })
    await server.post(created('1'))
    await server.post([renamed('1', 'Eve'), renamed('none', 'Eve')])
    const found = await samples(server)
    expect(found).toMatchObject({
      foldback_action_settle_seconds_count: 3,
      foldback_turn_actions_sum: 3,
      foldback_turn_actions_count: 2,
      foldback_turn_commit_seconds_count: 2,
      foldback_queued_actions: 0,
      foldback_cached_records: 2,
      'foldback_record_lookups_total{result="hit"}': 1,
      'foldback_record_lookups_total{result="miss"}': 2,
      'foldback_http_request_seconds_count{route="actions",status="200"}': 2,
    })
    // There from the start, so that the first one is a rise.
    expect(found['foldback_incidents_total{code="rule-threw"}']).toBe(0)
    expect(found['foldback_divergences_total{model="order"}']).toBe(0)
    // Nobody waits for what looks whether the store can be written.
    await server.fetch('/readyz')
    expect((await samples(server))['foldback_store_commit_seconds_count']).toBe(2)
    expect(found['foldback_store_commit_seconds_sum']).toBeGreaterThan(0)
    expect(found['nodejs_eventloop_lag_p99_seconds']).toBeDefined()
    expect(found['process_resident_memory_bytes']).toBeGreaterThan(0)
  })

  it('follows what passes through each WebSocket door, also when a connection has ended', async () => {
    const server = await RunningServer.start()
    const sync = await server.sync()
    await sync.hello()
    sync.send({ type: 'subscribe', model: 'order', id: '1' }, { type: 'subscribe', model: 'order' })
    for (const type of ['synced', 'snapshot'] as const) await sync.next(type)
    const plain = await server.plain('/?model=order')
    plain.send(created('1', 'x'.repeat(10_000)))
    await plain.record()
    const open = await samples(server)
    expect(open).toMatchObject({
      'foldback_connections{door="sync"}': 1,
      'foldback_connections{door="plain"}': 1,
      'foldback_subscriptions{to="record"}': 1,
      'foldback_subscriptions{to="model"}': 2,
      'foldback_websocket_received_frames_total{door="plain"}': 1,
      'foldback_websocket_sent_frames_total{door="plain"}': 1,
      'foldback_websocket_buffered_bytes{door="plain"}': 0,
    })
    const received = open['foldback_websocket_received_bytes_total{door="plain"}']!
    expect(received).toBeGreaterThan(10_000)
    expect(open['foldback_websocket_sent_bytes_total{door="sync"}']).toBeGreaterThan(10_000)
    plain.socket.close()
    sync.socket.close()
    await vi.waitFor(async () => {
      const ended = await samples(server)
      expect(ended).toMatchObject({
        'foldback_connections{door="sync"}': 0,
        'foldback_connections{door="plain"}': 0,
        'foldback_subscriptions{to="record"}': 0,
        'foldback_subscriptions{to="model"}': 0,
      })
      expect(ended['foldback_websocket_received_bytes_total{door="plain"}']).toBeGreaterThan(received)
    })
  })

  it('counts WebSockets that were refused, and has no label that a stranger can fill', async () => {
    const server = await RunningServer.start({ authenticate: () => undefined })
    for (const path of ['/', '/?model=song', '/a/path']) {
      await expect(server.plain(path)).rejects.toThrow('401')
    }
    for (const path of ['/records/one/1', '/records/two/2', '/a', '/b', '/c']) await server.fetch(path)
    const found = await samples(server)
    expect(found['foldback_refused_upgrades_total{code="unauthenticated"}']).toBe(3)
    const routes = Object.keys(found).filter((name) => name.startsWith('foldback_http_request_seconds_count'))
    expect(routes.sort()).toEqual([
      'foldback_http_request_seconds_count{route="other",status="404"}',
      'foldback_http_request_seconds_count{route="record",status="401"}',
    ])
  })
})
