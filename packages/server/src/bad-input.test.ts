import { describe, expect, it } from 'vitest'
import { created, renamed } from '../../../test-support/order-models.ts'
import { RunningServer } from '../../../test-support/running-server.ts'
import { lane } from '../../../test-support/raw-sync-client.ts'

const nested = (depth: number): string => '{"a":'.repeat(depth) + '1' + '}'.repeat(depth)
const withPayload = (payload: string): string => `{"type":"order/created","payload":${payload}}`

interface BadInput {
  readonly name: string
  readonly text: string
  readonly code: string
  readonly status: number
}

/** What is wrong with one action, whichever door it comes by. */
const badActions: readonly BadInput[] = [
  { name: 'a number', text: '42', code: 'not-an-action', status: 400 },
  { name: 'null', text: 'null', code: 'not-an-action', status: 400 },
  { name: 'an object without a type', text: '{}', code: 'not-an-action', status: 400 },
  { name: 'a type that is no string', text: '{"type":5}', code: 'not-an-action', status: 400 },
  { name: 'an empty type', text: '{"type":""}', code: 'not-an-action', status: 400 },
  {
    name: 'meta that is no object',
    text: '{"type":"order/created","meta":1}',
    code: 'not-an-action',
    status: 400,
  },
  { name: 'an unknown type', text: '{"type":"order/sung"}', code: 'unknown-type', status: 422 },
  { name: 'a type that every object has', text: '{"type":"toString"}', code: 'unknown-type', status: 422 },
  {
    name: 'a payload that its schema refuses',
    text: withPayload('{"id":"1"}'),
    code: 'invalid-payload',
    status: 422,
  },
  { name: 'no payload', text: '{"type":"order/created"}', code: 'invalid-payload', status: 422 },
  { name: 'no stream id', text: '{"type":"order/renamed","payload":{}}', code: 'no-stream-id', status: 422 },
  {
    name: 'no payload to find the stream id in',
    text: '{"type":"order/renamed"}',
    code: 'no-stream-id',
    status: 422,
  },
  {
    name: 'a stream id that is a number',
    text: '{"type":"order/renamed","payload":{"id":1}}',
    code: 'no-stream-id',
    status: 422,
  },
  {
    name: 'a stream id of 201 characters',
    text: `{"type":"order/renamed","payload":{"id":"${'x'.repeat(201)}"}}`,
    code: 'no-stream-id',
    status: 422,
  },
  {
    name: 'a stream id that is no Unicode',
    text: '{"type":"order/created","payload":{"id":"\\ud800","customer":"Ada"}}',
    code: 'no-stream-id',
    status: 422,
  },
  {
    name: '__proto__',
    text: withPayload('{"id":"1","customer":"Ada","__proto__":{"isAdmin":true}}'),
    code: 'forbidden-key',
    status: 400,
  },
  {
    name: 'constructor, deep inside',
    text: withPayload('{"id":"1","customer":"Ada","a":[{"constructor":1}]}'),
    code: 'forbidden-key',
    status: 400,
  },
  {
    name: 'prototype in meta',
    text: '{"type":"a","meta":{"prototype":1}}',
    code: 'forbidden-key',
    status: 400,
  },
  { name: 'nesting over the limit', text: withPayload(nested(64)), code: 'too-deep', status: 400 },
  {
    name: 'nesting that overflows a stack',
    text: withPayload(nested(100_000)),
    code: 'too-deep',
    status: 400,
  },
  {
    name: 'an action on a record that is missing',
    text: '{"type":"order/renamed","payload":{"id":"none","customer":"Ada"}}',
    code: 'no-such-record',
    status: 404,
  },
]

const notJson: BadInput = {
  name: 'half of an action',
  text: '{"type":"order/cr',
  code: 'not-json',
  status: 400,
}

describe('the plain door', () => {
  for (const { name, text, code } of [notJson, ...badActions]) {
    it(`answers ${name} with ${code}, and goes on`, async () => {
      const server = await RunningServer.start()
      const client = await server.plain()
      client.sendText(text)
      const refused = await client.rejected()
      expect(refused).toMatchObject({ code, message: expect.stringMatching(/\.( \(.*\))?$/s) })
      client.send(created('1'))
      expect(await client.record()).toMatchObject({ id: '1', version: 1 })
    })
  }

  it('says that a payload is missing, and what its schema wants', async () => {
    const server = await RunningServer.start()
    const client = await server.plain()
    client.send({ type: 'order/created' })
    expect((await client.rejected()).message).toMatch(/\(the payload is missing: Invalid input/)
  })

  it('gives back what it refuses: the action, or the text that is none', async () => {
    const server = await RunningServer.start()
    const client = await server.plain()
    client.send({ type: 'order/sung', payload: { loudly: true } })
    expect((await client.rejected()).action).toEqual({ type: 'order/sung', payload: { loudly: true } })
    client.sendText('hello')
    expect((await client.rejected()).action).toBe('hello')
  })

  it('takes a list for no action, as each frame is one', async () => {
    const server = await RunningServer.start()
    const client = await server.plain()
    client.send([created('1')])
    expect(await client.rejected()).toMatchObject({ code: 'not-an-action' })
  })

  it('measures a frame in bytes, refuses one over the limit, and goes on', async () => {
    const server = await RunningServer.start({ limits: { frameBytesMax: 1_000 } })
    const client = await server.plain()
    client.send(created('ascii', 'e'.repeat(900)))
    expect(await client.record()).toMatchObject({ id: 'ascii' })
    client.send(created('bytes', 'é'.repeat(900)))
    expect(await client.rejected()).toMatchObject({ code: 'frame-too-large', action: null })
    client.send(created('1'))
    expect(await client.record()).toMatchObject({ id: '1' })
  })

  it('closes with 1009 after a frame of many times the limit', async () => {
    const server = await RunningServer.start({ limits: { frameBytesMax: 1_000 } })
    const client = await server.plain()
    client.sendText('x'.repeat(4_001))
    expect(await client.closed).toMatchObject({ code: 1009 })
  })

  it('refuses a binary frame, and goes on', async () => {
    const server = await RunningServer.start()
    const client = await server.plain()
    client.socket.send(Buffer.from(JSON.stringify(created('1'))))
    expect(await client.rejected()).toMatchObject({ code: 'not-json' })
    client.send(created('1'))
    expect(await client.record()).toMatchObject({ version: 1 })
  })

  it('tells nobody else, whatever one sends', async () => {
    const server = await RunningServer.start({ limits: { frameBytesMax: 1_000_000 } })
    const other = await server.plain()
    const sync = await server.sync()
    await sync.hello()
    const culprit = await server.plain()
    for (const { text } of [notJson, ...badActions]) culprit.sendText(text)
    for (const _ of [notJson, ...badActions]) await culprit.rejected()
    culprit.sendText('x'.repeat(5_000_000))
    expect(await culprit.closed).toMatchObject({ code: 1009 })

    other.send(created('1'))
    expect(await other.record()).toMatchObject({ id: '1', version: 1 })
    sync.push(1, renamed('1', 'Grace'))
    expect(await sync.next('settled')).toMatchObject({ from: 1, to: 1 })
    expect(await other.record()).toMatchObject({ version: 2 })
  })
})

describe('POST /actions', () => {
  for (const { name, text, code, status } of [notJson, ...badActions]) {
    it(`answers ${name} with ${status} and ${code}`, async () => {
      const server = await RunningServer.start()
      const answer = await server.postText(text)
      expect(answer.status).toBe(status)
      expect(answer.headers.get('content-type')).toBe('application/problem+json')
      expect(answer.body).toMatchObject({ type: 'about:blank', status, code, title: expect.any(String) })
      expect(answer.body.detail).toMatch(/\.( \(.*\))?$/s)
    })
  }

  it('keeps what is valid beside each of them', async () => {
    const server = await RunningServer.start()
    const texts = badActions.map(({ text }) => text)
    const all = [JSON.stringify(created('first')), ...texts, JSON.stringify(created('last'))]
    const { status, body } = await server.postText(`[${all.join(',')}]`)
    expect(status).toBe(200)
    expect(body.map((answer: { code?: string }) => answer.code)).toEqual([
      undefined,
      ...badActions.map(({ code }) => code),
      undefined,
    ])
    const { records } = (await server.get('/records/order')).body
    expect(records.map(({ id }: { id: string }) => id)).toEqual(['first', 'last'])
  })

  it('refuses a body over the limit, in bytes, and takes the next on the same connection', async () => {
    const server = await RunningServer.start({ limits: { frameBytesMax: 1_000 } })
    expect((await server.post(created('1', 'e'.repeat(900)))).status).toBe(200)
    const answer = await server.post(created('2', 'é'.repeat(900)))
    expect(answer).toMatchObject({ status: 413, body: { code: 'frame-too-large' } })
    expect((await server.post(created('3'))).status).toBe(200)
  })

  it('does not read a body of many times the limit to its end', async () => {
    const server = await RunningServer.start({ limits: { frameBytesMax: 1_000 } })
    const answer = await server.postText('x'.repeat(10_000))
    expect(answer).toMatchObject({ status: 413, body: { code: 'frame-too-large' } })
    expect(answer.headers.get('connection')).toBe('close')
  })

  it('does not read a body without a length and an end for ever', async () => {
    const server = await RunningServer.start({ limits: { frameBytesMax: 1_000 } })
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new Uint8Array(1_000)),
    })
    const init = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: endless,
      duplex: 'half',
    }
    const response = await server.fetch('/actions', init as RequestInit).catch(() => undefined)
    // The answer may be lost on the way to somebody who is still sending.
    expect(response?.status ?? 413).toBe(413)
    expect((await server.post(created('1'))).status).toBe(200)
  })

  it('refuses text that is not UTF-8', async () => {
    const server = await RunningServer.start()
    const body = Buffer.concat([
      Buffer.from('{"type":"order/created","payload":"'),
      Buffer.from([0xff]),
      Buffer.from('"}'),
    ])
    const headers = { 'content-type': 'application/json' }
    const response = await server.fetch('/actions', { method: 'POST', headers, body })
    expect(await response.json()).toMatchObject({ status: 400, code: 'not-json' })
  })

  it('refuses another content type, such as a form of another page can send', async () => {
    const server = await RunningServer.start()
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/jsonx']) {
      const answer = await server.post(created('1'), { 'content-type': type })
      expect(answer).toMatchObject({ status: 400, body: { code: 'invalid-request' } })
    }
    expect(
      (await server.post(created('1'), { 'content-type': 'application/json; charset=utf-8' })).status,
    ).toBe(200)
  })

  it('refuses more actions at once than it answers for', async () => {
    const server = await RunningServer.start()
    const { status, body } = await server.postText(`[${'0,'.repeat(10_000)}0]`)
    expect({ status, code: body.code }).toEqual({ status: 413, code: 'frame-too-large' })
  })
})

describe('the sync door', () => {
  for (const { name, text, code } of badActions) {
    it(`answers ${name} in a push with ${code}, and keeps the actions before it`, async () => {
      const server = await RunningServer.start()
      const client = await server.sync()
      await client.hello()
      const [before, after] = [JSON.stringify(created('before')), JSON.stringify(created('after'))]
      client.sendText(`[{"type":"push","lane":"${lane}","n":1,"actions":[${before},${text},${after}]}]`)
      expect(await client.next('settled')).toMatchObject({ from: 1, to: 1 })
      const isFinal = code !== 'unknown-type'
      expect(await client.next('rejected')).toMatchObject({ lane, n: 2, code, final: isFinal })
      // What is not final holds up its lane: the client sends from there again.
      if (!isFinal) client.push(2, created('after'))
      const n = isFinal ? 3 : 2
      expect(await client.next('settled')).toMatchObject({ from: n, to: n })
    })
  }

  const badFrames: readonly { name: string; text: string }[] = [
    { name: 'not JSON', text: '[{"type":"hello"' },
    { name: 'no list', text: '{"type":"hello"}' },
    { name: 'a list of nonsense', text: '[1,null,"hello",{}]' },
    { name: 'a message of a type that there is not', text: '[{"type":"sing"}]' },
    { name: 'a message of a type that every object has', text: '[{"type":"constructor"}]' },
    { name: 'a message that lacks a field', text: '[{"type":"hello","protocol":1}]' },
    { name: 'nesting that overflows a stack', text: `[${nested(100_000)}]` },
  ]
  for (const { name, text } of badFrames) {
    it(`answers ${name} with not-a-message, and goes on`, async () => {
      const server = await RunningServer.start()
      const client = await server.sync()
      client.sendText(text)
      expect(await client.next('problem')).toMatchObject({ code: 'not-a-message' })
      expect(await client.hello()).toMatchObject({ actor: 'anonymous' })
    })
  }

  it('keeps the valid messages of a frame, and names the others', async () => {
    const server = await RunningServer.start()
    const client = await server.sync()
    await client.hello()
    client.send(
      { type: 'sing' },
      { type: 'push', lane, n: 1, actions: [created('1')] },
      { type: 'push', lane },
    )
    const problem = await client.next('problem')
    expect(problem.message).toMatch(/counted from 0: 0, 2\)$/)
    expect(await client.next('settled')).toMatchObject({ from: 1 })
  })

  it('answers a frame full of nonsense in fewer bytes than it has', async () => {
    const server = await RunningServer.start()
    const client = await server.sync()
    client.sendText(`[${'0,'.repeat(1_000)}0]`)
    expect((await client.next('problem')).message).toMatch(/8, 9 and 991 more/)
    await client.hello()
  })

  it('refuses a frame over the limit, in bytes, and goes on', async () => {
    const server = await RunningServer.start({ limits: { frameBytesMax: 1_000 } })
    const client = await server.sync()
    await client.hello()
    client.push(1, created('1', 'é'.repeat(900)))
    expect(await client.next('problem')).toMatchObject({ code: 'frame-too-large' })
    client.push(1, created('1', 'e'.repeat(500)))
    expect(await client.next('settled')).toMatchObject({ from: 1 })
  })

  it('refuses a binary frame, and goes on', async () => {
    const server = await RunningServer.start()
    const client = await server.sync()
    client.socket.send(Buffer.from('[]'))
    expect(await client.next('problem')).toMatchObject({ code: 'not-a-message' })
    await client.hello()
  })

  it('answers messages out of turn, and goes on', async () => {
    const server = await RunningServer.start()
    const client = await server.sync()
    client.push(1, created('1'))
    expect(await client.next('problem')).toMatchObject({ code: 'out-of-turn' })
    client.send({ type: 'subscribe', model: 'order' })
    expect(await client.next('problem')).toMatchObject({ code: 'out-of-turn' })
    await client.hello()
    client.send({ type: 'hello', protocol: 1, models: {}, lanes: [] })
    expect(await client.next('problem')).toMatchObject({ code: 'out-of-turn' })
    client.send({ type: 'push', lane: 'a-lane-of-somebody-else', n: 1, actions: [created('1')] })
    expect(await client.next('problem')).toMatchObject({ code: 'out-of-turn' })
    client.push(1, created('1'))
    expect(await client.next('settled')).toMatchObject({ from: 1 })
  })

  it('lets what is pushed right behind the hello wait, however deep it nests', async () => {
    const server = await RunningServer.start()
    const client = await server.sync()
    const hello = `{"type":"hello","protocol":1,"models":{},"lanes":[{"lane":"${lane}","settled":0}]}`
    client.sendText(`[${hello},{"type":"push","lane":"${lane}","n":1,"actions":[${nested(100_000)}]}]`)
    await client.next('welcome')
    expect(await client.next('rejected')).toMatchObject({ n: 1, code: 'too-deep' })
  })

  it('ends a session that says hello in another version', async () => {
    const server = await RunningServer.start()
    const client = await server.sync()
    client.send({ type: 'hello', protocol: 2, models: {}, lanes: [] })
    expect(await client.next('problem')).toMatchObject({ code: 'protocol-version' })
    expect(await client.closed).toEqual({ code: 4400, reason: 'protocol-version' })
  })
})
