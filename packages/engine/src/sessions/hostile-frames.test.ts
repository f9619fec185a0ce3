import fc from 'fast-check'
import { expect, it } from 'vitest'
import { ann, created, noted, type Peer, Rig, settle } from '../test-parts/rig.ts'

/* Whatever comes in a frame, nothing is thrown: it is answered, with a code where it is wrong, and others go on. */

const lane = 'lane-of-a-test-0001'
const frames: readonly string[] = [
  [{ type: 'hello', protocol: 1, models: { order: 1, board: 1 }, lanes: [{ lane, settled: 0 }], token: 't' }],
  [{ type: 'push', lane, n: 1, actions: [created({ id: '1', owner: 'ann' }), noted('a')] }],
  [
    { type: 'subscribe', model: 'order', id: '1', since: { version: 1, id: 'e' } },
    { type: 'subscribe', model: 'order', sinceLog: { seq: 3, id: 'e' } },
  ],
  [{ type: 'unsubscribe', model: 'order', id: '1' }, { type: 'ping' }, { type: 'token', token: 't' }],
  [{ type: 'check', model: 'board', version: 2, eventId: 'e', hash: '1omwfhr5hyy' }],
].map((messages) => JSON.stringify(messages))

/** A frame in which a few things are cut out, doubled or replaced. */
const mutant = fc
  .tuple(
    fc.constantFrom(...frames),
    fc.array(fc.tuple(fc.nat(), fc.nat(12), fc.oneof(fc.string(), fc.json(), fc.constant(''))), {
      minLength: 1,
      maxLength: 4,
    }),
  )
  .map(([frame, edits]) => edits.reduce((text, [at, length, by]) => edited(text, at, length, by), frame))

function edited(text: string, at: number, length: number, by: string): string {
  const from = at % (text.length + 1)
  return text.slice(0, from) + by + text.slice(from + length)
}

/** A frame whose values are others, of any kind. */
const misshapen = fc
  .array(
    fc.record({
      type: fc.constantFrom('hello', 'push', 'subscribe', 'unsubscribe', 'check', 'token', 'ping'),
      lane: fc.oneof(fc.constant(lane), fc.jsonValue()),
      n: fc.oneof(fc.integer(), fc.double(), fc.jsonValue()),
      actions: fc.oneof(fc.array(fc.jsonValue()), fc.jsonValue()),
      model: fc.oneof(fc.constantFrom('order', 'board'), fc.jsonValue()),
      id: fc.jsonValue(),
      since: fc.jsonValue(),
      token: fc.jsonValue(),
    }),
  )
  .map((messages) => JSON.stringify(messages))

const anyFrame = fc.oneof(mutant, misshapen, fc.json(), fc.string(), fc.constantFrom(...frames))

it('at the sync door', async () => {
  const rig = await Rig.start()
  const other = rig.connect(ann)
  await other.hello()
  await fc.assert(
    fc.asyncProperty(fc.array(anyFrame, { maxLength: 10 }), fc.boolean(), async (texts, saysHello) => {
      const peer = rig.connect(ann)
      if (saysHello) await peer.hello([{ lane, settled: 0 }])
      for (const text of texts) peer.sayText(text)
      await settle()
      expect(wordsWithoutCode(peer)).toEqual([])
      expect(await other.say({ type: 'ping' })).toEqual([{ type: 'pong' }])
      peer.hangUp()
    }),
    { numRuns: 60 },
  )
  expect(rig.incidents).toEqual([])
})

it('at the plain door', async () => {
  const rig = await Rig.start()
  const action = fc.oneof(
    fc.json(),
    fc.string(),
    fc
      .constant(JSON.stringify(created({ id: '1', owner: 'ann' })))
      .chain((text) =>
        fc.tuple(fc.nat(), fc.nat(9), fc.json()).map(([at, length, by]) => edited(text, at, length, by)),
      ),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(action, { minLength: 1, maxLength: 10 }), async (texts) => {
      const sent: string[] = []
      const connection = { send: (text: string) => sent.push(text), close: () => {}, bufferedBytes: () => 0 }
      const session = rig.engine.connectPlain(connection, ann, {})
      for (const text of texts) {
        session.receive(text)
        // Or two actions for one record could be told of by one message.
        await settle()
      }
      // Each is answered: by a record or by a code.
      expect(sent.length).toBeGreaterThanOrEqual(texts.length)
      for (const text of sent) expect(text).toMatch(/^\{"type":"foldback\/(record|rejected)","payload":\{/)
      session.closed()
    }),
    { numRuns: 60 },
  )
  expect(rig.incidents).toEqual([])
})

/** Answers that say no and do not say why. */
function wordsWithoutCode(peer: Peer): unknown[] {
  return peer.received.filter(({ type, code }) => {
    return (type === 'problem' || type === 'rejected') && typeof code !== 'string'
  })
}
