import { describe, expect, it } from 'vitest'
import type { Session } from '../rules.ts'
import { ann, created, given, lineAdded, noted, type Peer, Rig, settle } from '../test-parts/rig.ts'

const lane = 'lane-of-a-test-0001'
const lastsMs = 1_000
const stamped = (action: object, id: string): object => ({
  ...action,
  meta: { foldback: { id, at: 0, actor: 'ann' } },
})
const push = (n: number, action: object): object => ({
  type: 'push',
  lane,
  n,
  actions: [stamped(action, `a${n}`)],
})

/** Orders are read and notes written by those whose claims say so. */
const rules = {
  order: { canRead: (_record: unknown, { claims }: Session) => claims['reads'] === true },
  board: { canDispatch: (_action: unknown, { claims }: Session) => claims['writes'] === true || 'No.' },
}

/** What each token says; a token that is not here is nobody's. */
type Logins = {
  readonly [token: string]: Omit<Partial<Session>, 'expiresAt'> & { readonly lastsMs?: number }
}

async function signedIn(logins: Logins): Promise<{ rig: Rig; peer: Peer; hello: any }> {
  const rig = await Rig.start({ rules })
  const peer = rig.connect(async (token = 'first') => {
    const login = logins[token]
    if (login === undefined) return undefined
    const { actor = 'ann', claims = {} } = login
    return {
      actor,
      claims,
      ...(login.lastsMs !== undefined && { expiresAt: rig.clock.now() + login.lastsMs }),
    }
  })
  const [hello] = await peer.hello([{ lane, settled: 0 }])
  return { rig, peer, hello }
}

const writer = { claims: { writes: true }, lastsMs }

describe('a login', () => {
  it('is told of with its end', async () => {
    const { rig, hello } = await signedIn({ first: writer })
    expect(hello).toMatchObject({ type: 'welcome', expiresAt: rig.clock.now() + lastsMs })
  })

  it('without an end has none to be told', async () => {
    const { rig, peer, hello } = await signedIn({ first: { claims: {} } })
    expect(hello).not.toHaveProperty('expiresAt')
    for (let minutes = 0; minutes < 60; minutes++) {
      await rig.pass(50_000)
      await peer.say({ type: 'ping' })
    }
    expect(peer.closedWith).toBeUndefined()
  })

  it('that has ended before it began lets nobody in', async () => {
    const { peer, hello } = await signedIn({ first: { lastsMs: 0 } })
    expect(hello).toMatchObject({ type: 'problem', code: 'login-expired' })
    expect(peer.closedWith).toBe(4401)
  })

  it('ends the session when it ends', async () => {
    const { rig, peer } = await signedIn({ first: writer })
    await peer.say({ type: 'subscribe', model: 'board' })
    peer.received.length = 0
    await rig.pass(lastsMs - 1)
    expect(peer.closedWith).toBeUndefined()
    await rig.pass(1)
    expect(peer.received).toMatchObject([{ type: 'problem', code: 'login-expired' }])
    expect(peer.closedWith).toBe(4401)
  })

  it('that ends much later than a timer can wait ends no sooner', async () => {
    // The clock throws at what a timer cannot wait.
    const { rig, peer, hello } = await signedIn({ first: { lastsMs: 2 ** 33 } })
    expect(hello).toMatchObject({ type: 'welcome' })
    while (rig.clock.now() < hello.expiresAt - 100_000_000) {
      rig.clock.moveTo(rig.clock.now() + 100_000_000)
      await peer.say({ type: 'ping' })
      await rig.pass(0)
    }
    expect(peer.closedWith).toBeUndefined()
    rig.clock.moveTo(hello.expiresAt)
    await peer.say({ type: 'ping' })
    expect(peer.closedWith).toBe(4401)
  })

  it('that has ended takes no action, uses up no number, and tells nothing more, also while the timer is late', async () => {
    const { rig, peer } = await signedIn({ first: writer })
    await peer.say({ type: 'subscribe', model: 'board' })
    rig.clock.moveTo(rig.clock.now() + lastsMs)
    peer.received.length = 0
    await rig.engine.submit([noted('secret')], { actor: 'bob', claims: { writes: true } })
    await settle()
    expect(peer.received.map(({ type }) => type)).toEqual(['problem'])

    const late = await signedIn({ first: writer })
    late.rig.clock.moveTo(late.rig.clock.now() + lastsMs)
    expect(await late.peer.say(push(1, noted('late')), { type: 'ping' })).toMatchObject([
      { type: 'rejected', lane, n: 1, final: false, code: 'login-expired' },
      { type: 'problem', code: 'login-expired' },
    ])
    expect(late.peer.closedWith).toBe(4401)
    expect(await late.rig.log('board', 'shared')).toEqual([])
    const again = late.rig.connect({ actor: 'ann', claims: { writes: true } })
    expect(await again.hello([{ lane, settled: 0 }])).toMatchObject([{ lanes: [{ mark: 0 }] }])
    expect(await again.say(push(1, noted('late')))).toMatchObject([{ type: 'settled', from: 1, to: 1 }])
  })

  it('ends a plain connection too', async () => {
    const rig = await Rig.start()
    const received: string[] = []
    let closedWith: number | undefined
    const plain = rig.engine.connectPlain(
      { send: (text) => received.push(text), close: (code) => (closedWith = code), bufferedBytes: () => 0 },
      { ...ann, expiresAt: rig.clock.now() + lastsMs },
      {},
    )
    await rig.engine.submit([noted('a')], ann)
    expect(received).toHaveLength(1)
    rig.clock.moveTo(rig.clock.now() + lastsMs)
    await rig.engine.submit([noted('secret')], ann)
    plain.receive(JSON.stringify(noted('late')))
    await settle()
    expect(received.slice(1).map((text) => JSON.parse(text))).toMatchObject([
      { type: 'foldback/rejected', payload: { code: 'login-expired' } },
    ])
    await rig.pass(0)
    expect(closedWith).toBe(4401)
    expect(await rig.log('board', 'shared')).toHaveLength(2)
  })
})

describe('a newer token', () => {
  it('makes the login last longer, and nothing is told again', async () => {
    const { rig, peer } = await signedIn({ first: writer, second: { ...writer, lastsMs: 5_000 } })
    await peer.say({ type: 'subscribe', model: 'board' })
    await rig.pass(lastsMs / 2)
    expect(await peer.say({ type: 'token', token: 'second' })).toEqual([
      { type: 'renewed', expiresAt: rig.clock.now() + 5_000 },
    ])
    await rig.pass(lastsMs)
    expect(await peer.say(push(1, noted('a')))).toMatchObject([{ type: 'settled' }])
    await rig.pass(5_000)
    expect(peer.closedWith).toBe(4401)
  })

  it('with other claims shows what may be read now, and lets dispatch what may be', async () => {
    const { rig, peer } = await signedIn({ first: {}, second: { claims: { reads: true, writes: true } } })
    await rig.engine.submit([created({ id: '1', owner: 'bob' })], ann)
    expect(
      await peer.say({ type: 'subscribe', model: 'order' }, { type: 'subscribe', model: 'order', id: '1' }),
    ).toMatchObject([{ type: 'snapshot', id: '1', version: 0, state: null }, { type: 'synced' }])
    expect(await peer.say(push(1, noted('a')))).toMatchObject([{ type: 'rejected', final: true }])
    const [welcome, ...told] = await peer.say({ type: 'token', token: 'second' })
    expect(welcome).toMatchObject({ type: 'welcome', actor: 'ann', lanes: [{ lane, mark: 1 }] })
    expect(told).toContainEqual(expect.objectContaining({ type: 'snapshot', id: '1', version: 1 }))
    expect(told.at(-1)).toMatchObject({ type: 'synced', complete: true })
    expect(await peer.say(push(2, noted('b')))).toMatchObject([{ type: 'settled', from: 2 }])
    peer.received.length = 0
    await rig.engine.submit([lineAdded({ id: '1', line: 'x' })], ann)
    await settle()
    expect(peer.received).toMatchObject([{ type: 'events', id: '1', events: [{ version: 2 }] }])
  })

  it('with fewer rights takes away what may not be read any more', async () => {
    const { rig, peer } = await signedIn({ first: { claims: { reads: true } }, second: { claims: {} } })
    await rig.engine.submit([created({ id: '1', owner: 'bob' })], ann)
    await peer.say({ type: 'subscribe', model: 'order' })
    const told = await peer.say({ type: 'token', token: 'second' })
    expect(told).toMatchObject([{ type: 'welcome' }, { type: 'gone', id: '1' }, { type: 'synced' }])
    peer.received.length = 0
    await rig.engine.submit([given({ id: '1', owner: 'secret' })], ann)
    await settle()
    expect(peer.received).toEqual([])
  })

  it("that is another user's ends the session", async () => {
    const { rig, peer } = await signedIn({ first: writer, second: { ...writer, actor: 'bob' } })
    expect(await peer.say({ type: 'token', token: 'second' })).toMatchObject([
      { type: 'problem', code: 'other-user' },
    ])
    expect(peer.closedWith).toBe(4401)
    expect(await rig.log('board', 'shared')).toEqual([])
  })

  it('that is not known ends the session', async () => {
    const { peer } = await signedIn({ first: writer })
    expect(await peer.say({ type: 'token', token: 'wrong' })).toMatchObject([
      { type: 'problem', code: 'unauthenticated' },
    ])
    expect(peer.closedWith).toBe(4401)
  })

  it('that has expired itself ends the session', async () => {
    const { peer } = await signedIn({ first: writer, second: { ...writer, lastsMs: 0 } })
    expect(await peer.say({ type: 'token', token: 'second' })).toMatchObject([{ code: 'login-expired' }])
    expect(peer.closedWith).toBe(4401)
  })

  it('that cannot be looked at closes the connection, to be tried again', async () => {
    const rig = await Rig.start()
    let isDown = false
    const peer = rig.connect(async () => {
      if (isDown) throw new Error('the directory is down')
      return ann
    })
    await peer.hello()
    isDown = true
    expect(await peer.say({ type: 'token', token: 'second' })).toMatchObject([{ code: 'internal' }])
    expect(peer.closedWith).toBe(1013)
    expect(rig.incidents).toHaveLength(1)
  })

  it('counts, and not one before it that takes longer to be looked at', async () => {
    const rig = await Rig.start()
    const answers = new Map<string | undefined, (session: Session | undefined) => void>()
    const peer = rig.connect((token) =>
      token === undefined ? Promise.resolve(ann) : new Promise((resolve) => void answers.set(token, resolve)),
    )
    await peer.hello()
    await peer.say({ type: 'token', token: 'slow' }, { type: 'token', token: 'quick' })
    peer.received.length = 0
    answers.get('quick')!({ ...ann, expiresAt: rig.clock.now() + 500 })
    answers.get('slow')!(undefined)
    await settle()
    expect(peer.received).toEqual([{ type: 'renewed', expiresAt: rig.clock.now() + 500 }])
    expect(peer.closedWith).toBeUndefined()
  })

  it('with other claims waits for a reader that is too slow, which is then told everything afresh', async () => {
    const { rig, peer } = await signedIn({ first: {}, second: { claims: { reads: true }, lastsMs } })
    await rig.engine.submit([created({ id: '1', owner: 'bob' })], ann)
    await peer.say({ type: 'subscribe', model: 'order' })
    peer.bufferedBytes = 100 * 1024 * 1024
    await peer.say({ type: 'subscribe', model: 'board' })
    expect(await peer.say({ type: 'token', token: 'second' })).toEqual([])
    const told = await peer.drain()
    expect(told[0]).toMatchObject({ type: 'welcome', expiresAt: rig.clock.now() + lastsMs })
    expect(told).toContainEqual(expect.objectContaining({ type: 'snapshot', model: 'order', id: '1' }))
  })
})
