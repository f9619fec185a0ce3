import { type Mistake, usual } from '../mistake.ts'

const sessions = 'packages/engine/src/sessions'
const record = `${sessions}/record-subscription.ts`
const model = `${sessions}/model-subscription.ts`
const readability = `${sessions}/readability.ts`
const teller = `${sessions}/teller.ts`
const session = `${sessions}/sync-session.ts`

/** The client would not ask for anything from a history that is no more. */
const clientAsksAllTheSame = {
  file: 'packages/client/src/outbox/record-cache.ts',
  find: '    return isOther\n',
  replace: '    return false\n',
}

/** What can be got wrong in telling clients of changes. */
export const serverSessionMistakes: readonly Mistake[] = [
  {
    name: 'snapshot-a-speculative-state',
    promise: 7,
    why: 'A subscription is answered with a state that is not committed yet, and may never be.',
    edits: [
      {
        file: record,
        find: 'this.#newest(head.committed)',
        replace: 'this.#newest(head.speculative)',
      },
    ],
  },
  {
    name: 'answer-from-the-speculative-head',
    promise: 1,
    why: 'Somebody who reads a record is shown what is only being written.',
    edits: [
      {
        file: 'packages/engine/src/queries.ts',
        find: '    const { committed } = await this.#parts.heads.fetch(ref)\n',
        replace: '    const { speculative: committed } = await this.#parts.heads.fetch(ref)\n',
      },
    ],
    faults: [...usual, 'disks'],
  },
  {
    name: 'tell-marks-of-another-moment',
    promise: 4,
    why: 'A snapshot says that actions are in it which are still being committed, so the client drops them.',
    edits: [
      {
        file: `${sessions}/held-lanes.ts`,
        find: 'if (mark.committed > 0) settled[mark.lane] = mark.committed',
        replace: 'if (mark.speculative > 0) settled[mark.lane] = mark.speculative',
      },
    ],
  },
  {
    name: 'subscribe-after-reading',
    promise: 8,
    why: 'A record is read first and listened to after, so what is committed in between is told to nobody.',
    edits: [
      {
        file: record,
        find: '    else this.#missed?.push(...change.events)\n',
        replace: '',
      },
    ],
    faults: [...usual, 'storms', 'disks', 'many-clients'],
  },
  {
    name: 'list-before-listening',
    promise: 8,
    why: 'A listing leaves out what changes while it is being read.',
    edits: [
      {
        file: model,
        find: '    if (!this.#isLive) return void this.#touched?.add(id)\n    // What is being',
        replace: '    if (!this.#isLive) return\n    // What is being',
      },
    ],
    faults: [...usual, 'storms', 'disks', 'subscriptions'],
  },
  {
    name: 'resume-one-version-too-late',
    promise: 8,
    why: 'A resumed subscription begins one event behind the one that the client lacks.',
    edits: [
      {
        file: record,
        find: 'const [known, ...past] = await',
        replace: 'const [known, , ...past] = await',
      },
    ],
    faults: [...usual, 'storms'],
  },
  {
    name: 'resume-a-listing-one-position-too-late',
    promise: 8,
    why: 'A record whose only change is the very next event is not listed.',
    edits: [
      {
        file: model,
        find: 'await this.#tellListed(isKnown ? since!.seq : 0, isCurrent)',
        replace: 'await this.#tellListed(isKnown ? since!.seq + 1 : 0, isCurrent)',
      },
    ],
    faults: [...usual, 'storms', 'many-clients'],
  },
  {
    name: 'resume-another-history',
    promise: 9,
    why: 'The id of the event at a position is not compared, so a client goes on from a history that is no more.',
    edits: [
      {
        file: record,
        find: 'return known?.id === since.id ? past : undefined',
        replace: 'return known ? past : undefined',
      },
      clientAsksAllTheSame,
    ],
    faults: [...usual, 'restored-backups', 'reloads'],
  },
  {
    name: 'go-on-listing-another-history',
    promise: 9,
    why: 'The id of the event at a place in the log is not compared.',
    edits: [
      {
        file: model,
        find: 'return (await this.#parts.ports.store.eventIdAt(since.seq)) === since.id',
        replace: 'return (await this.#parts.ports.store.eventIdAt(since.seq)) !== undefined',
      },
      clientAsksAllTheSame,
    ],
    faults: ['restored-backups', 'reloads', 'crashes', 'offline'],
  },
  {
    name: 'say-nothing-when-a-record-goes-out-of-sight',
    promise: 4,
    why: 'Somebody who may not read a record any more goes on seeing it as it was.',
    edits: [
      {
        file: readability,
        find: "if (!readable.at(-1)!) return wasShown ? 'gone' : 'nothing'",
        replace: "if (!readable.at(-1)!) return 'nothing'",
      },
    ],
    faults: [...usual, 'rights'],
  },
  {
    name: 'tell-events-of-a-hidden-time',
    promise: 4,
    why: 'A record that comes into sight is told of by events, those from when it was hidden among them.',
    edits: [
      {
        file: readability,
        find: "return wasShown && readable.every(Boolean) ? 'events' : 'snapshot'",
        replace: "return 'events'",
      },
    ],
    faults: [...usual, 'rights', 'disks', 'many-clients'],
  },
  {
    name: 'look-at-rights-once',
    promise: 4,
    why: 'Whether a record may be read is asked when it is first told of, and never again.',
    edits: [
      {
        file: readability,
        find: 'const readable = events.map(({ after }) => this.#canRead(ref, after.state))',
        replace: 'const readable = events.map(({ after }) => wasShown || this.#canRead(ref, after.state))',
      },
    ],
    faults: [...usual, 'rights'],
  },
  {
    name: 'take-actions-after-a-login-has-expired',
    promise: 2,
    why: 'What arrives too late is taken with the rights of a login that is over.',
    edits: [
      {
        file: session,
        find: '    if (this.#expiry.hasPassed) return this.#expire(text)\n',
        replace: '',
      },
      {
        file: session,
        find: '    else if (this.#expiry.hasPassed) this.#expire()\n',
        replace: '    else if (this.#expiry.hasPassed) return Infinity\n',
      },
    ],
    faults: [...usual, 'expiring-logins'],
  },
  {
    name: 'go-on-with-a-slow-reader-as-if-nothing-were-missing',
    promise: 8,
    why: 'What was left out while a reader lagged is never told.',
    edits: [
      {
        file: session,
        find: "if (this.#outgoing.isLagging && this.#phase === 'open') this.#catchUp()",
        replace: "if (this.#outgoing.isLagging && this.#phase === 'open') this.#outgoing.resume()",
      },
    ],
    faults: [...usual, 'slow-readers'],
  },
  {
    name: 'run-settled-actions-together',
    promise: 3,
    why: 'Actions settled in a row are told as one range, though other events came between their versions.',
    edits: [
      {
        file: `${sessions}/outgoing.ts`,
        find: 'place.model === first.model && place.id === first.id && place.version === first.version + (n - run.from)',
        replace: 'place.model === first.model && place.id === first.id',
      },
    ],
    faults: [...usual, 'large-actions'],
  },
  {
    name: 'keep-it-from-the-sender-that-its-action-was-replaced',
    promise: 4,
    why: 'The sender of an enriched action does not get it as it was recorded.',
    edits: [
      {
        file: teller,
        find: 'change.events.filter((event) => event.isReplaced || !isOwn(event))',
        replace: 'change.events.filter((event) => !isOwn(event))',
      },
    ],
  },
  {
    name: 'tell-events-to-clients-of-another-version',
    promise: 4,
    why: 'Clients with older models fold the events of a newer server with other code.',
    edits: [
      {
        file: teller,
        find: '    return this.#models[model] === this.#engine.models.get(model)?.version\n',
        replace: '    return this.#models[model] !== undefined\n',
      },
    ],
    faults: [...usual, 'deploys'],
  },
  {
    name: 'say-that-a-listing-reaches-the-tip-of-the-log',
    promise: 8,
    why: 'A listing claims events that are written but not told of yet, and the client never asks for them.',
    edits: [
      {
        file: model,
        find: '    const { tip } = this.#parts.delivery\n',
        replace: '    const tip = await this.#parts.ports.store.tip()\n',
      },
    ],
    faults: [...usual, 'storms', 'disks', 'many-clients'],
  },
]
