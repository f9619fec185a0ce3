import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import type { DownMessage } from '@foldback/core'
import type { ConnectedSession, Incident } from '@foldback/engine'
import { pino } from 'pino'
import { expect, it, onTestFinished } from 'vitest'
import { WebSocketServer } from 'ws'
import { created, orderSlice, renamed } from '../../../../test-support/order-models.ts'
import { PlainClient } from '../../../../test-support/plain-client.ts'
import { RunningServer } from '../../../../test-support/running-server.ts'
import { LimitWatch } from '../limit-watch.ts'
import { serverLimitsDefault } from '../limits.ts'
import { metricsOfNothing } from '../test-parts/metrics-of-nothing.ts'
import { SendBuffers } from './send-buffers.ts'
import { ServedSocket } from './served-socket.ts'
import { SocketConnection } from './socket-connection.ts'
import { TextBytes } from './text-bytes.ts'
import { Traffic } from './traffic.ts'

// More than the buffers of the operating system take for a reader that does not read.
const rounds = 80
const large = 'x'.repeat(500_000)
const limits = { bufferedBytesMax: 1_000_000, bytesBurstMax: 100_000_000 }

it('tells a plain reader that was too slow the newest record, when it reads again', async () => {
  const server = await RunningServer.start({ limits })
  const slow = await server.plain()
  await server.post(created('1'))
  await slow.record()
  slow.socket.pause()
  for (let round = 1; round <= rounds; round++) await server.post(renamed('1', `${round} ${large}`))
  slow.socket.resume()
  let version = 1
  let count = 0
  while (version < rounds + 1) {
    const record = await slow.record()
    expect(record.version).toBeGreaterThan(version)
    version = record.version
    count++
  }
  expect(count).toBeLessThan(rounds)
  await server.post(orderSlice.actions.deleted({ id: '1' }))
  expect(await slow.record()).toMatchObject({ version: rounds + 2, state: null })
})

it('welcomes a sync reader that was too slow again, with the newest record', async () => {
  const server = await RunningServer.start({ limits })
  const slow = await server.sync()
  await slow.hello()
  slow.send({ type: 'subscribe', model: 'order', id: '1' })
  await slow.next('snapshot')
  slow.socket.pause()
  await server.post(created('1'))
  for (let round = 1; round <= rounds; round++) await server.post(renamed('1', `${round} ${large}`))
  slow.socket.resume()
  const seen: DownMessage[] = []
  const isCaughtUp = (): boolean =>
    seen.some(({ type }) => type === 'welcome') &&
    seen.some((message) => message.type === 'snapshot' && message.version === rounds + 1)
  while (!isCaughtUp()) seen.push(await slow.any())
  expect(seen.length).toBeLessThan(rounds)
  await server.post(orderSlice.actions.deleted({ id: '1' }))
  expect(await slow.next('events')).toMatchObject({ events: [{ version: rounds + 2 }] })
})

it('does not go on reading from somebody who never listens', async () => {
  const server = await RunningServer.start({ limits })
  const deaf = await server.plain()
  const other = await server.plain()
  deaf.socket.pause()
  for (let round = 0; round < rounds; round++) deaf.sendText(large)
  const refusedCount = async (): Promise<number> => {
    const text = await (await server.fetch('/metrics')).text()
    return Number(/code="not-json"\} (\d+)/.exec(text)?.[1] ?? 0)
  }
  // As long as the server reads, the count rises between two looks at it.
  let count = 0
  for (let calm = 0; calm < 50;) {
    other.sendText('garbage')
    await other.rejected()
    const next = (await refusedCount()) - 1
    calm = next - count === 1 ? calm + 1 : 0
    count = next
  }
  expect(count - 50).toBeLessThan(rounds)
  deaf.socket.resume()
  for (let round = 0; round < rounds; round++)
    expect(await deaf.rejected()).toMatchObject({ code: 'not-json' })
})

it('answers pings', async () => {
  const server = await RunningServer.start()
  const client = await server.plain()
  client.socket.ping('are you there?')
  const [data] = (await once(client.socket, 'pong')) as [Buffer]
  expect(data.toString()).toBe('are you there?')
})

it('ends the connection that a fault is in, and reports it', async () => {
  const incidents: Incident[] = []
  const faulty: ConnectedSession = {
    receive() {
      throw new Error('a bug')
    },
    unreadable() {},
    drained() {},
    closed() {},
  }
  const sockets = new WebSocketServer({ port: 0, host: '127.0.0.1', WebSocket: ServedSocket })
  onTestFinished(() => sockets.close())
  sockets.on('connection', (socket, { socket: stream }) => {
    const watch = new LimitWatch(metricsOfNothing(), pino({ level: 'silent' }))
    new SocketConnection(socket, stream, 'one', {
      door: 'sync',
      limits: serverLimitsDefault,
      watch,
      buffers: new SendBuffers(1_000, watch),
      report: (incident) => void incidents.push(incident),
      traffic: new Traffic(),
      texts: new TextBytes(),
      log: pino({ level: 'silent' }),
    }).serve(faulty)
  })
  await once(sockets, 'listening')
  const client = await PlainClient.connect(`ws://127.0.0.1:${(sockets.address() as AddressInfo).port}`)
  client.sendText('hello')
  expect(await client.closed).toEqual({ code: 1011, reason: 'internal' })
  expect(incidents).toMatchObject([{ code: 'internal', message: expect.stringContaining('a bug') }])
})
