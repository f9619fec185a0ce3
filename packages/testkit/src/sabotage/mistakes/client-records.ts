import { type Mistake, usual } from '../mistake.ts'

const rebase = 'packages/core/src/rebase.ts'
const intake = 'packages/client/src/intake.ts'
const session = 'packages/client/src/client-session.ts'
const cache = 'packages/client/src/outbox/record-cache.ts'

/** What can be got wrong in the records that a client shows. */
export const clientRecordMistakes: readonly Mistake[] = [
  {
    name: 'skip-a-pending-action-in-a-rebase',
    promise: 4,
    why: 'The oldest pending action is not folded again on top of what came.',
    edits: [
      {
        file: rebase,
        find: '    for (const entry of this.#pending) entry.after = state = this.#folded(state, entry.action)\n',
        replace:
          '    for (const entry of this.#pending.slice(1)) entry.after = state = this.#folded(state, entry.action)\n',
      },
    ],
  },
  {
    name: 'promote-a-state-that-is-stale',
    promise: 4,
    why: 'The state after a pending action becomes the confirmed one, though events have come under it.',
    edits: [
      {
        file: rebase,
        find: '      if (index === 0 && !this.#stale) {\n',
        replace: '      if (index === 0) {\n',
      },
    ],
  },
  {
    name: 'install-a-snapshot-without-dropping-what-it-contains',
    promise: 2,
    why: 'Pending actions that are in a snapshot already are folded on top of it once more.',
    edits: [{ file: rebase, find: '    for (const id of settledIds) this.#drop(id)\n', replace: '' }],
  },
  {
    name: 'fold-an-event-beyond-confirmed-plus-1',
    promise: 3,
    why: 'An accepted action is confirmed before the events that come before it.',
    edits: [
      {
        file: rebase,
        find: '      if (entry === undefined || entry.version !== next) return\n',
        replace: '      if (entry === undefined || entry.version! < next) return\n',
      },
    ],
    faults: [...usual, 'disks', 'many-clients'],
  },
  {
    name: 'fold-an-event-that-is-known',
    promise: 3,
    why: 'An event that comes twice is folded twice.',
    faults: [...usual, 'restored-backups'],
    edits: [
      {
        file: rebase,
        find: '    if (event.version <= confirmed.version) {\n',
        replace: '    if (event.version < confirmed.version) {\n',
      },
    ],
  },
  {
    name: 'show-a-replaced-action-beside-its-replacement',
    promise: 4,
    why: 'The event that took the place of a pending action does not take it away.',
    edits: [
      {
        file: rebase,
        find: '    if (isOwn) this.#drop(event.id)\n    this.#stale = true\n    this.#advance()\n',
        replace: '    this.#stale = true\n    this.#advance()\n',
      },
    ],
  },
  {
    name: 'hide-nothing-on-gone',
    promise: 4,
    why: 'A record that may not be read any more stays on the screen.',
    edits: [
      {
        file: intake,
        find: '    this.#parts.replicas.forget(ref)\n    this.#parts.onDropped(ref)\n',
        replace: '    this.#parts.onDropped(ref)\n',
      },
    ],
    faults: [...usual, 'rights'],
  },
  {
    name: 'keep-on-the-device-what-may-not-be-read',
    promise: 4,
    why: 'A page that is opened without a network shows a record that was taken out of sight.',
    edits: [
      {
        file: intake,
        find: '    this.#parts.replicas.forget(ref)\n    this.#parts.onDropped(ref)\n',
        replace: '    this.#parts.replicas.forget(ref)\n',
      },
    ],
    faults: [...usual, 'rights', 'offline-starts'],
  },
  {
    name: 'cache-the-records-of-another-user',
    promise: 6,
    why: 'Records are kept on the device without their user, and whoever signs in next is shown them.',
    edits: [
      {
        file: cache,
        find: "    return recordKey(this.#parts.outbox.actor ?? '', this.#history, model.name, id)\n",
        replace: "    return recordKey('', this.#history, model.name, id)\n",
      },
      {
        file: cache,
        find: '      recordsPrefix(actor),\n',
        replace: "      recordsPrefix(''),\n",
      },
    ],
    faults: [...usual, 'other-users', 'offline-starts'],
  },
  {
    name: 'keep-the-cache-after-a-restored-backup',
    promise: 9,
    why: 'Records of a history that is no more are shown to the next page that opens without a network.',
    edits: [
      {
        file: cache,
        find: '    if (isOther) this.clear()\n    this.#history = history\n',
        replace: '    this.#history ||= history\n',
      },
    ],
    faults: [...usual, 'restored-backups', 'subscriptions'],
  },
  {
    name: 'keep-accepted-actions-after-a-restored-backup',
    promise: 9,
    why: 'Actions that were accepted in a history that is no more stay on the screen.',
    edits: [
      { file: session, find: '    this.#intake.dropAccepted()\n', replace: '' },
      // Records that are told afresh would take them along.
      { file: cache, find: '    return isOther\n', replace: '    return false\n' },
    ],
    faults: ['restored-backups', 'offline', 'disks'],
  },
  {
    name: 'drop-nothing-that-a-full-listing-leaves-out',
    promise: 4,
    why: 'A record that does not exist any more, or went out of sight meanwhile, stays on the screen.',
    edits: [
      {
        file: intake,
        find: 'if (complete && listed !== undefined) this.#dropUnlisted(model!, listed)',
        replace: 'if (complete && listed === undefined) this.#dropUnlisted(model!, new Set())',
      },
    ],
    faults: [...usual, 'rights', 'restored-backups', 'subscriptions'],
  },
  {
    name: 'go-on-from-records-that-other-code-has-folded',
    promise: 4,
    why: 'After a deploy the client resumes from states of the version before.',
    edits: [
      {
        file: 'packages/client/src/server-versions.ts',
        find: '      this.#interests.forgetPositions(model)\n      this.#replicas.forgetPositions(model)\n',
        replace: '',
      },
    ],
    faults: [...usual, 'deploys'],
  },
]
