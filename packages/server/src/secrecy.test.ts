import type { Rules } from '@foldback/engine'
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { type models, orderSlice } from '../../../test-support/order-models.ts'
import { RunningServer } from '../../../test-support/running-server.ts'
import type { Authenticate } from './authenticate.ts'

const { created, renamed, exploded, deleted } = orderSlice.actions

/** Found nowhere but where it is meant to be: in records that bob may not read, and in tokens. */
const secret = 'Xq7secretXq7'
const tokenOf = (actor: string) => `${actor}-token-${secret}`
const as = (actor: string) => ({ authorization: `Bearer ${tokenOf(actor)}` })

const authenticate: Authenticate = ({ token }) => {
  const actor = ['ada', 'bob'].find((name) => token === tokenOf(name))
  return actor === undefined ? undefined : { actor }
}

const rules: Rules<typeof models> = {
  order: {
    canRead: (order, { actor }) => !order.isSecret || actor === 'ada',
    guard: (order, action) => {
      if (renamed.match(action) && order?.isSecret === true && action.payload.customer === 'throw')
        throw Object.assign(new Error('a rule that fails'), { order, action })
    },
  },
}

/** A server on which ada has a secret order, one that is deleted again, and one that everybody may read. */
async function startWithSecrets(lines: string[] = []): Promise<RunningServer> {
  const log = pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) })
  const server = await RunningServer.start({ rules, authenticate, log })
  const orders = ['secret', 'dead'].map((id) => created({ id, customer: secret, isSecret: true }))
  await server.post([...orders, deleted({ id: 'dead' }), created({ id: 'open', customer: 'Ada' })], as('ada'))
  return server
}

describe('what may not be read', () => {
  it('is in no answer over HTTP, and there is nothing to tell it from what never was', async () => {
    const server = await startWithSecrets()
    const answers = new Set<string>()
    for (const id of ['secret', 'dead', 'none']) {
      const paths = [`/records/order/${id}`, `/records/order/${id}?version=1`, `/events/order/${id}`]
      for (const path of [...paths, `/records/order/${id}?at=2100-01-01`]) {
        const { status, headers, body } = await server.get(path, as('bob'))
        answers.add(JSON.stringify([status, body, headers.get('content-length')]))
      }
    }
    expect([...answers]).toHaveLength(1)
    const { body: listed } = await server.get('/records/order', as('bob'))
    expect(listed.records.map(({ id }: { id: string }) => id)).toEqual(['open'])
    const { body: refused } = await server.post(exploded({ id: 'secret' }), as('bob'))
    expect(JSON.stringify([...answers, listed, refused])).not.toContain(secret)
  })

  it('is in nothing that a plain WebSocket is told', async () => {
    const server = await startWithSecrets()
    const bob = await server.plain('/', as('bob'))
    const told: unknown[] = []
    bob.socket.on('message', (data: Buffer) => told.push(data.toString()))
    await server.post(
      [renamed({ id: 'secret', customer: `${secret}!` }), deleted({ id: 'secret' })],
      as('ada'),
    )
    // Sent twice: the second time the record is told as it is now, to whoever may read it.
    const twice = {
      ...created({ id: 'his', customer: secret, isSecret: true }),
      meta: { foldback: { id: 'x' } },
    }
    bob.send(twice)
    bob.send(twice)
    bob.send(renamed({ id: 'open', customer: 'the end' }))
    expect(await bob.record()).toMatchObject({ id: 'open' })
    expect(told).toHaveLength(1)
  })

  it('is in nothing that a session is told', async () => {
    const server = await startWithSecrets()
    const bob = await server.sync()
    await bob.hello({ token: tokenOf('bob') })
    const told: string[] = []
    bob.socket.on('message', (data: Buffer) => told.push(data.toString()))
    const one = ['secret', 'dead', 'none'].map((id) => ({ type: 'subscribe', model: 'order', id }))
    bob.send({ type: 'subscribe', model: 'order' }, ...one)
    for (const position of [
      { version: 1, id: 'guessed' },
      { version: 0, id: '' },
    ])
      bob.send({ type: 'subscribe', model: 'order', id: 'secret', since: position })
    bob.push(1, exploded({ id: 'secret' }), renamed({ id: 'secret', customer: 'throw' }))
    await server.post(renamed({ id: 'secret', customer: `${secret}!` }), as('ada'))
    await server.post(renamed({ id: 'open', customer: 'the end' }), as('ada'))
    await expect.poll(() => told.join('')).toContain('the end')
    expect(told.join('')).toContain('reducer-threw')
    expect(told.join('')).not.toContain(secret)
    expect(told.join('')).not.toContain('the reducer exploded')
  })

  it('is in nothing that is told after the right to it has gone', async () => {
    const server = await RunningServer.start({
      rules: { order: { canRead: (order, { actor }) => actor === 'ada' || order.customer === actor } },
      authenticate,
    })
    await server.post(created({ id: '1', customer: 'bob' }), as('ada'))
    const bob = await server.sync()
    await bob.hello({ token: tokenOf('bob') })
    bob.send({ type: 'subscribe', model: 'order', id: '1' })
    expect(await bob.next('snapshot')).toMatchObject({ version: 1, state: { customer: 'bob' } })
    await server.post(
      [renamed({ id: '1', customer: secret }), renamed({ id: '1', customer: `${secret}!` })],
      as('ada'),
    )
    expect(await bob.next('gone')).toEqual({ type: 'gone', model: 'order', id: '1' })
    await server.post(renamed({ id: '1', customer: 'bob' }), as('ada'))
    expect(await bob.next('snapshot')).toMatchObject({ version: 4, state: { customer: 'bob' } })
  })
})

describe('payloads and tokens', () => {
  it('are in no line of the log, whatever fails, nor in the metrics', async () => {
    const lines: string[] = []
    const server = await startWithSecrets(lines)
    await server.post(exploded({ id: 'secret' }), as('ada'))
    await server.post(renamed({ id: 'secret', customer: 'throw' }), as('ada'))
    await server.post(created({ id: secret, customer: secret }), {
      origin: 'https://evil.example',
      ...as('ada'),
    })
    await server.get('/records/order', { authorization: `Bearer ${secret}` })
    await server.postText(`{"type":"${secret}`, as('ada'))
    const log = lines.join('')
    expect(log).toContain('a rule that fails')
    expect(log).toContain('foreign-origin')
    expect(log).not.toContain(secret)
    const metrics = await (await server.fetch('/metrics')).text()
    expect(metrics).toContain('foldback_actions_total{outcome="accepted"')
    for (const private_ of [secret, 'ada', 'bob', 'dead']) expect(metrics).not.toContain(private_)
  })
})
