import { randomBytes, randomInt } from 'node:crypto'
import type { ServerLimits } from '@foldback/server'
import { WebSocket } from 'ws'
import { manyObjects, mutated, nested, randomText, validFrames } from './garbage.ts'
import { thingActions } from './models.ts'
import { newLane, pause, type Target } from './target.ts'

export interface Attack {
  readonly name: string
  /** Limits that are made smaller, so that they are reached in seconds, or larger, so that others are. */
  readonly limits?: Partial<ServerLimits>
  /** What the server's process may take at most. */
  readonly memoryMiBMax: number
  /** Why the latency of others is measured and not judged. */
  readonly latencyNote?: string
  /** Seconds that it lasts in a whole run, where they are not the usual ones. */
  readonly seconds?: number
  /** Seconds that it lasts in a quick run, where they are not the usual ones. */
  readonly quickSeconds?: number
  /** What must have happened at least once, by the name of a limit or a code, or the attack has tested nothing. */
  readonly expects: readonly string[]
  /** Ends when the target says that it is over. */
  readonly run: (target: Target) => Promise<void>
}

const mebibyte = 1024 * 1024
const unlimited = 1_000_000_000
const noRates: Partial<ServerLimits> = {
  actionsPerSecondMax: unlimited,
  actionsBurstMax: unlimited,
  bytesPerSecondMax: unlimited,
  bytesBurstMax: unlimited,
  handlingPercentMax: 100,
}
const large = 'x'.repeat(400_000)

export const attacks: readonly Attack[] = [
  { name: 'random bytes', memoryMiBMax: 400, expects: ['not-json'], run: sendRandomBytes },
  { name: 'mutated frames', memoryMiBMax: 400, expects: ['no-stream-id'], run: sendMutants },
  {
    name: 'deep and huge JSON',
    memoryMiBMax: 700,
    expects: ['too-deep', 'frameBytesMax', 'bytesPerSecondMax'],
    run: sendHuge,
  },
  {
    name: 'slow-loris',
    limits: { headersMsMax: 400, requestMsMax: 700, helloMsMax: 400 },
    memoryMiBMax: 400,
    expects: ['headersMsMax', 'requestMsMax', 'helloMsMax'],
    run: dripEverywhere,
  },
  {
    name: '10,000 connections',
    limits: { connectionsPerAddressMax: 15_000 },
    memoryMiBMax: 700,
    seconds: 60,
    quickSeconds: 20,
    expects: [],
    run: connectMany,
  },
  {
    name: 'too many connections',
    limits: { connectionsPerAddressMax: 100 },
    memoryMiBMax: 400,
    expects: ['connectionsPerAddressMax'],
    run: connectAgainAndAgain,
  },
  {
    name: 'too many lanes',
    limits: { lanesPerUserMax: 1_000 },
    memoryMiBMax: 400,
    expects: ['lanesPerUserMax'],
    run: claimLanes,
  },
  {
    name: 'subscription bombs',
    limits: { subscriptionsPerSessionMax: 2_000, subscriptionsMax: 10_000 },
    memoryMiBMax: 500,
    expects: ['subscriptionsPerSessionMax', 'subscriptionsMax', 'openingSubscriptionsMax'],
    run: subscribeToEverything,
  },
  {
    name: 'readers that never read',
    limits: { bufferedBytesMax: mebibyte, bufferedBytesOfAllMax: 18 * mebibyte },
    memoryMiBMax: 500,
    quickSeconds: 3,
    expects: ['bufferedBytesMax', 'bufferedBytesOfAllMax'],
    run: neverRead,
  },
  {
    name: 'answers that nobody takes',
    // Answers that are more than the buffers of the operating system take.
    limits: { requestMsMax: 500, requestsMax: 4, pageBytesMax: 12 * mebibyte },
    memoryMiBMax: 700,
    latencyNote: 'its answers are made twelve times as large as usual',
    quickSeconds: 3,
    expects: ['requestMsMax', 'requestsMax'],
    run: neverTakeAnswers,
  },
  {
    name: 'one client far over its rate, sync',
    limits: { actionsBurstMax: 1_000 },
    memoryMiBMax: 500,
    expects: ['actionsPerSecondMax'],
    run: floodSync,
  },
  {
    name: 'one client far over its rate, plain',
    limits: { actionsBurstMax: 1_000 },
    memoryMiBMax: 500,
    expects: ['actionsPerSecondMax'],
    run: floodPlain,
  },
  { name: 'a reducer that throws', memoryMiBMax: 400, expects: ['reducer-threw'], run: act('thrown') },
  { name: 'a reducer with promises', memoryMiBMax: 400, expects: ['state-not-json'], run: act('promised') },
  {
    name: 'a reducer that loops',
    memoryMiBMax: 400,
    limits: { foldMsMax: 5 },
    latencyNote: 'code that runs cannot be interrupted',
    expects: ['foldMsMax'],
    run: act('looped'),
  },
  {
    name: 'a million stream ids',
    limits: noRates,
    memoryMiBMax: 1_000,
    latencyNote: 'rates are off, to get there in time',
    seconds: 60,
    expects: [],
    run: writeMany,
  },
]

async function sendRandomBytes(target: Target): Promise<void> {
  const rawBytes = async (): Promise<void> => {
    while (!target.isOver) {
      target.socket().end(randomBytes(randomInt(1, 20_000)))
      target.tried++
      await pause(5)
    }
  }
  // What follows the handshake is no WebSocket frame.
  const rawFrames = async (): Promise<void> => {
    while (!target.isOver) {
      const socket = await target.silent()
      const { _socket: raw } = socket as unknown as { _socket: { write(bytes: Buffer): void } }
      raw.write(randomBytes(randomInt(1, 2_000)))
      target.tried++
      await pause(5)
      socket?.terminate()
    }
  }
  await Promise.all([
    rawBytes(),
    rawFrames(),
    target.flood(
      () => target.plain(),
      (socket) => socket.send(randomText()),
    ),
    target.flood(
      () => target.sync(),
      (socket) => socket.send(randomText()),
    ),
    target.flood(
      () => target.sync(),
      (socket) => socket.send(randomBytes(500)),
    ),
  ])
}

async function sendMutants(target: Target): Promise<void> {
  const frame = (): string => mutated(validFrames[randomInt(validFrames.length)]!)
  const action = (): string => mutated(JSON.stringify(thingActions.written({ id: '1', text: 'Ada' })))
  const posts = async (): Promise<void> => {
    for (; !target.isOver; target.tried++) await target.post(`[${action()},${action()}]`)
  }
  await Promise.all([
    target.flood(
      () => target.silent(),
      (socket) => socket.send(frame()),
    ),
    target.flood(
      () => target.sync(['lane-of-the-mutants-1']),
      (socket) => socket.send(frame()),
    ),
    target.flood(
      () => target.plain(),
      (socket) => socket.send(action()),
    ),
    posts(),
  ])
}

async function sendHuge(target: Target): Promise<void> {
  const texts = [
    nested(200_000),
    `{"type":"thing/written","payload":{"id":"1","text":${nested(200_000)}}}`,
    `{"type":"thing/written","payload":{"id":"1","text":${manyObjects}}}`,
    `{"type":"thing/written","payload":{"id":"1","text":"${'x'.repeat(3_000_000)}"}}`,
    `[${'{"type":"ping"},'.repeat(60_000)}{"type":"ping"}]`,
    manyObjects,
  ]
  const next = (): string => texts[randomInt(texts.length)]!
  const posts = async (): Promise<void> => {
    for (; !target.isOver; target.tried++) await target.post(next())
  }
  await Promise.all([
    target.flood(
      () => target.plain(),
      (socket) => socket.send(next()),
    ),
    target.flood(
      () => target.sync(),
      (socket) => socket.send(next()),
    ),
    posts(),
  ])
}

async function dripEverywhere(target: Target): Promise<void> {
  const drip = async (start: string): Promise<void> => {
    while (!target.isOver) {
      const socket = target.socket()
      target.tried++
      socket.write(start)
      while (!target.isOver && !socket.destroyed) {
        await pause(100)
        socket.write('x')
      }
      socket.destroy()
    }
  }
  const sayNothing = async (): Promise<void> => {
    while (!target.isOver) {
      const socket = await target.silent()
      target.tried++
      while (!target.isOver && socket?.readyState === WebSocket.OPEN) await pause(100)
      socket?.terminate()
    }
  }
  const body =
    'POST /actions HTTP/1.1\r\nhost: a\r\nauthorization: Bearer mallory\r\ncontent-length: 100000\r\n'
  const each = Math.ceil(60 * target.scale)
  await Promise.all(
    Array.from({ length: each }, () => [
      drip(''),
      drip('GET /records/thing HTTP/1.1\r\nhost: a\r\nx-'),
      drip(`${body}content-type: application/json\r\n\r\n`),
      sayNothing(),
    ]).flat(),
  )
}

async function connectMany(target: Target): Promise<void> {
  const count = 10_000 * target.scale
  const sockets: WebSocket[] = []
  const connect = async (): Promise<void> => {
    const id = String(target.tried++ % 100)
    const socket = await target.sync()
    if (socket === undefined) return
    socket.send(JSON.stringify([{ type: 'subscribe', model: 'thing', id }]))
    sockets.push(socket)
  }
  while (target.tried < count && !target.isOver) {
    await Promise.all(Array.from({ length: Math.min(20, count - target.tried) }, connect))
    await pause(10)
  }
  // All of them are there for a while.
  await pause(3_000 * Math.min(1, target.scale * 10))
  for (const socket of sockets) socket.terminate()
  if (sockets.length < count) throw new Error(`${sockets.length} of ${count} connections were let in.`)
}

async function connectAgainAndAgain(target: Target): Promise<void> {
  const sockets: Set<WebSocket> = new Set()
  while (!target.isOver) {
    target.tried++
    void target.sync().then((socket) => {
      if (socket !== undefined) sockets.add(socket)
    })
    await pause(2)
  }
  for (const socket of sockets) socket.terminate()
}

async function claimLanes(target: Target): Promise<void> {
  const sockets: (WebSocket | undefined)[] = []
  while (!target.isOver) {
    target.tried++
    sockets.push(await target.sync(Array.from({ length: 100 }, newLane)))
    await pause(5)
  }
  for (const socket of sockets) socket?.terminate()
}

async function subscribeToEverything(target: Target): Promise<void> {
  const bomb = (type: string, from: number): string =>
    JSON.stringify(
      Array.from({ length: 1_000 }, (_, index) => ({ type, model: 'thing', id: `${from + index}` })),
    )
  const others = Array.from({ length: 10 }, async () => {
    const socket = await target.sync()
    for (let count = 0; count < 3; count++) socket?.send(bomb('subscribe', count * 1_000))
    await target.end()
    socket?.terminate()
  })
  let id = 0
  const bombs = target.flood(
    () => target.sync(),
    (socket) => {
      socket.send(bomb('subscribe', id))
      socket.send(bomb('unsubscribe', id))
      id += 1_000
    },
  )
  await Promise.all([...others, bombs])
}

async function neverRead(target: Target): Promise<void> {
  for (let index = 0; index < 10; index++) {
    const sync = await target.sync()
    sync?.send(JSON.stringify([{ type: 'subscribe', model: 'thing' }]))
    const plain = await target.plain()
    await pause(10)
    for (const socket of [sync, plain]) socket?.pause()
    target.tried += 2
  }
  await writeLarge(target)
}

async function neverTakeAnswers(target: Target): Promise<void> {
  const ask = async (): Promise<void> => {
    while (!target.isOver) {
      const socket = target.socket()
      socket.pause()
      const user = `reader-${target.tried++}`
      socket.write(`GET /records/thing HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${user}\r\n\r\n`)
      await pause(100)
    }
  }
  await Promise.all([writeLarge(target), ask()])
}

/** Writes large records, each user within what one may send. */
async function writeLarge(target: Target): Promise<void> {
  for (let count = 0; !target.isOver; count++) {
    const action = thingActions.written({ id: `${count % 100}`, text: large })
    await target.post(JSON.stringify(action), `writer-${count % 50}`)
    await pause(20)
  }
}

function floodSync(target: Target): Promise<void> {
  let lane = ''
  let n = 1
  const open = (): Promise<WebSocket | undefined> => {
    lane = newLane()
    n = 1
    return target.sync([lane])
  }
  return target.flood(open, (socket) => {
    const actions = Array.from({ length: 1_000 }, (_, index) => thingActions.written({ id: `${index}` }))
    socket.send(JSON.stringify([{ type: 'push', lane, n, actions }]))
    n += actions.length
  })
}

function floodPlain(target: Target): Promise<void> {
  const text = JSON.stringify(thingActions.written({ id: 'flooded' }))
  return target.flood(
    () => target.plain(),
    (socket) => socket.send(text),
  )
}

function act(name: keyof typeof thingActions): Attack['run'] {
  return async (target) => {
    for (; !target.isOver; target.tried++) {
      await target.post(JSON.stringify(thingActions[name]({ id: 'acted' })))
      await pause(20)
    }
  }
}

async function writeMany(target: Target): Promise<void> {
  const count = 1_000_000 * target.scale
  const perRequest = 1_000
  const write = async (): Promise<void> => {
    while (!target.isOver && target.tried < count) {
      const from = target.tried
      target.tried += perRequest
      const actions = Array.from({ length: perRequest }, (_, index) =>
        thingActions.written({ id: `stream ${from + index}`, text: 'one of many' }),
      )
      const status = await target.post(JSON.stringify(actions), `writer-${from % 8}`)
      if (status !== 200) throw new Error(`The server answered ${status} to ${perRequest} new streams.`)
    }
  }
  await Promise.all(Array.from({ length: 8 }, write))
}
