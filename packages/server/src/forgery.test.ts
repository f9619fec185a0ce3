import { describe, expect, it } from 'vitest'
import { created, renamed } from '../../../test-support/order-models.ts'
import { RunningServer } from '../../../test-support/running-server.ts'
import type { Authenticate } from './authenticate.ts'

const users: Authenticate = ({ token }) => (token === undefined ? undefined : { actor: token })
const as = (actor: string) => ({ authorization: `Bearer ${actor}` })
const start = () => RunningServer.start({ authenticate: users })

const eventsOf = async (server: RunningServer, id: string) =>
  (await server.get(`/events/order/${id}`, as('ada'))).body.events

/** Sends an action as bob, by each door in turn; the id of its order is the door's name. */
async function sendByEachDoor(server: RunningServer, actionFor: (id: string) => object): Promise<string[]> {
  const sync = await server.sync()
  await sync.hello({ token: 'bob' })
  sync.push(1, actionFor('sync'))
  await sync.any()
  const plain = await server.plain('/', as('bob'))
  plain.send(actionFor('plain'))
  await plain.next()
  await server.post(actionFor('http'), as('bob'))
  await server.post([actionFor('list')], { ...as('bob'), 'idempotency-key': 'k' })
  return ['sync', 'plain', 'http', 'list']
}

describe('who did it', () => {
  it('is who is signed in, whatever the action says', async () => {
    const server = await start()
    const forged = (id: string) => {
      const meta = { actor: 'ada', user: 'ada', foldback: { actor: 'ada', id, at: 1 } }
      return { ...created(id), meta, actor: 'ada' }
    }
    for (const id of await sendByEachDoor(server, forged)) {
      const [event] = await eventsOf(server, id)
      expect(event.actor).toBe('bob')
      expect(event.action.meta.foldback.actor).toBe('bob')
    }
  })

  it('is told so to whoever hears of it', async () => {
    const server = await start()
    const ada = await server.sync()
    await ada.hello({ token: 'ada' })
    ada.send({ type: 'subscribe', model: 'order' })
    await ada.next('synced')
    await server.post(created('1'), as('bob'))
    await ada.next('events')
    await server.post(
      { ...renamed('1', 'Eve'), meta: { foldback: { actor: 'ada', lane: 'x', n: 1 } } },
      as('bob'),
    )
    const { events } = await ada.next('events')
    expect(events).toMatchObject([{ actor: 'bob', action: { meta: { foldback: { actor: 'bob' } } } }])
    expect(events[0]).not.toHaveProperty('lane')
  })
})

describe('meta.foldback', () => {
  it('has nothing but what the server knows or has checked', async () => {
    const server = await start()
    const before = Date.now()
    const foldback = {
      id: 7,
      at: before + 86_400_000,
      merged: -1,
      versions: { order: 'newest' },
      seq: 1,
      version: 9,
      lane: 'x',
      isAdmin: true,
    }
    for (const id of await sendByEachDoor(server, (order) => ({ ...created(order), meta: { foldback } }))) {
      const [event] = await eventsOf(server, id)
      expect(event).toMatchObject({ version: 1, action: { meta: { foldback: { actor: 'bob' } } } })
      const { id: stampedId, at, ...rest } = event.action.meta.foldback
      expect(rest).toEqual({ actor: 'bob' })
      expect(stampedId).toMatch(/^[\w-]{20}$/)
      expect(at).toBeLessThanOrEqual(Date.now())
    }
  })

  it("with the id of another's event neither replaces nor hides that event, nor tells of it", async () => {
    const server = await start()
    const action = { ...created('1', 'Ada'), meta: { foldback: { id: 'hers' } } }
    const first = await server.post(action, as('ada'))
    const answer = await server.post(
      { ...renamed('1', 'Bob'), meta: { foldback: { id: 'hers' } } },
      as('bob'),
    )
    expect(answer.body.places).toMatchObject([{ version: 2 }])
    expect(await eventsOf(server, '1')).toMatchObject([
      { version: 1, actor: 'ada', action: { type: 'order/created' } },
      { version: 2, actor: 'bob', action: { type: 'order/renamed' } },
    ])
    // Sent again, hers has its first outcome.
    expect((await server.post(action, as('ada'))).body).toEqual(first.body)
  })
})

describe('keys that change what an object is', () => {
  it.each([
    '{"type":"order/created","payload":{"id":"DOOR","customer":"x","__proto__":{"isSecret":true}}}',
    '{"type":"order/created","payload":{"id":"DOOR","customer":"x"},"meta":{"__proto__":{"foldback":{"actor":"ada"}}}}',
    '{"type":"order/created","payload":{"id":"DOOR","customer":"x"},"__proto__":{"meta":{}}}',
    '{"type":"order/created","payload":{"id":"DOOR","customer":"x"},"constructor":{"prototype":{"isAdmin":true}}}',
  ])('are refused: %s', async (text) => {
    const server = await start()
    const doors = await sendByEachDoor(server, (id) => JSON.parse(text.replace('DOOR', id)) as object)
    for (const id of doors)
      expect(await server.get(`/records/order/${id}`, as('ada'))).toMatchObject({ status: 404 })
    const refused = await server.postText(text, as('bob'))
    expect(refused).toMatchObject({ status: 400, body: { code: 'forbidden-key' } })
  })

  it('do no harm in other messages, headers and addresses', async () => {
    const server = await start()
    const client = await server.sync()
    client.sendText(
      '[{"type":"hello","protocol":1,"models":{"__proto__":1,"order":1},"lanes":[],"token":"bob","__proto__":{"isAdmin":true}}]',
    )
    await client.next('welcome')
    for (const name of ['__proto__', 'constructor', 'toString']) {
      client.sendText(`[{"type":"subscribe","model":"${name}","id":"1"}]`)
      expect(await client.next('problem')).toMatchObject({ code: 'unknown-model' })
      expect((await server.get(`/records/${name}`, as('bob'))).status).toBe(404)
    }
    client.send({ type: 'subscribe', model: 'order', id: '__proto__' })
    expect(await client.next('problem')).toMatchObject({ code: 'invalid-request' })
    expect(await server.post(created('__proto__'), as('bob'))).toMatchObject({
      body: { code: 'no-stream-id' },
    })
    expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined()
  })
})
