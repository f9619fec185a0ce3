import { type Mistake, usual } from '../mistake.ts'

const queue = 'packages/client/src/send-queue.ts'
const lane = 'packages/client/src/lane.ts'
const outbox = 'packages/client/src/outbox/outbox.ts'
const session = 'packages/client/src/client-session.ts'
const sender = 'packages/client/src/sender.ts'
const intake = 'packages/client/src/intake.ts'

/** What can be got wrong on an action's way from a page to the server and back. */
export const clientQueueMistakes: readonly Mistake[] = [
  {
    name: 'n-given-out-twice-after-a-lost-row',
    promise: 2,
    why: 'The next number follows from the rows that are there, so when they are gone it begins again.',
    edits: [
      {
        file: lane,
        find: '    this.place(entry, this.#nextN)\n',
        replace: '    this.place(entry, Math.max(0, ...this.byN.keys()) + 1)\n',
      },
    ],
  },
  {
    name: 'seal-without-waiting-for-the-disk',
    promise: 2,
    why: 'A row is sealed by a write that may be lost with the power, and its action is sent again from another lane.',
    edits: [
      {
        file: outbox,
        find: "    await this.#storage.transact('strict', async (rows) => {\n      await this.#check(rows, self)\n",
        replace:
          "    await this.#storage.transact('write', async (rows) => {\n      await this.#check(rows, self)\n",
      },
    ],
    faults: [...usual, 'reloads'],
  },
  {
    name: 'send-before-sealing',
    promise: 2,
    why: 'An action leaves while its row is being written, and a page that follows sends it under another number.',
    edits: [
      {
        file: queue,
        find: "      if (entry.n! > upTo || entry.written !== 'sealed') break\n",
        replace: '      if (entry.n! > upTo) break\n',
      },
      {
        file: queue,
        find: '    const put = [...rows.values()]\n',
        replace: '    const put = [...rows.values()]\n    if (sealed.length > 0) this.#parts.onWritten([])\n',
      },
    ],
    faults: [...usual, 'reloads'],
  },
  {
    name: 'forget-an-action-when-it-is-sent',
    promise: 6,
    why: 'A row is removed when its action has left, so a cut and a reload lose it.',
    edits: [
      {
        file: sender,
        find: '      texts.push(text)\n',
        replace:
          '      texts.push(text)\n      if (entry.key !== undefined) this.#queue.removeRow(entry.key)\n',
      },
    ],
    faults: [...usual, 'reloads'],
  },
  {
    name: 'unseal-what-is-adopted',
    promise: 2,
    why: 'A sealed row of a dead page is moved to the adopter’s lane, and gets a second number there.',
    edits: [
      {
        file: outbox,
        find: '        if (action.n !== undefined) sealed.push({ key, row: action })\n',
        replace: '        if (action.isCancelled) sealed.push({ key, row: action })\n',
      },
      {
        file: outbox,
        find: '          rows.put(moved, value)\n',
        replace: '          rows.put(moved, asJson({ action: action.action }))\n',
      },
    ],
    faults: [...usual, 'reloads'],
  },
  {
    name: 'adopt-without-the-lock',
    promise: 2,
    why: 'A page takes over the queue of another one that lives.',
    edits: [
      {
        file: outbox,
        find: '      if (release === undefined) continue\n',
        replace: '',
      },
      {
        file: outbox,
        find: '      } finally {\n        release()\n',
        replace: '      } finally {\n        release?.()\n',
      },
    ],
    faults: [...usual, 'tabs'],
  },
  {
    name: 'a-stale-tab-does-not-look-at-its-rows',
    promise: 2,
    why: 'A page that was asleep while its queue was adopted goes on writing and sending it.',
    edits: [
      {
        file: outbox,
        find: "    if (row?.page !== self.page) throw new LaneLost('The lane is another page’s.')\n",
        replace:
          "    if (row === undefined && lane === '') throw new LaneLost('The lane is another page’s.')\n",
      },
    ],
    faults: [...usual, 'frozen-pages'],
  },
  {
    name: 'keep-what-another-page-has-taken-over',
    promise: 2,
    why: 'A page whose queue was adopted keeps the open actions too, so both pages send them.',
    edits: [
      {
        file: queue,
        find: "    this.#entries = this.#entries.filter((entry) => !lost.includes(entry))\n    for (const entry of this.#entries) if (entry.written === 'no') moveOut(entry)\n",
        replace:
          "    for (const entry of lost) entry.written = 'no'\n    for (const entry of this.#entries) if (entry.written === 'no') moveOut(entry)\n",
      },
    ],
    faults: [...usual, 'frozen-pages'],
  },
  {
    name: 'merge-into-a-sealed-row',
    promise: 2,
    why: 'An action that may have been sent is replaced by a later one instead of being followed by it.',
    edits: [
      {
        file: session,
        find: 'if (entry.n !== undefined || !this.#isMergeable(entry)) return undefined',
        replace: 'if (!this.#isMergeable(entry)) return undefined',
      },
      {
        file: queue,
        find: "    if (entry.n !== undefined) throw new Error('Invariant: a sealed action cannot be replaced.')\n",
        replace: '',
      },
    ],
    faults: [...usual, 'typing'],
  },
  {
    name: 'seal-ahead-of-what-was-adopted',
    promise: 3,
    why: 'A page sends its own actions before those that were dispatched earlier on a page that is gone.',
    edits: [
      {
        file: queue,
        find: '      if (entry.lane !== undefined) break\n',
        replace: '      if (entry.lane !== undefined) continue\n',
      },
    ],
    faults: [...usual, 'reloads', 'short-queue', 'rejected-appends'],
  },
  {
    name: 'adopt-in-the-wrong-order',
    promise: 3,
    why: 'What a dead page had dispatched comes behind what was dispatched after it.',
    edits: [
      {
        file: queue,
        find: 'this.#entries = isEarlier ? [...entries, ...this.#entries] : [...this.#entries, ...entries]',
        replace:
          'this.#entries = isEarlier ? [...this.#entries, ...entries] : [...entries, ...this.#entries]',
      },
    ],
    faults: [...usual, 'reloads'],
  },
  {
    name: 'resend-in-the-wrong-order',
    promise: 3,
    why: 'After a reconnect the newest lane goes first.',
    edits: [
      {
        file: queue,
        find: 'Number(a === this.#own) - Number(b === this.#own)',
        replace: 'Number(b === this.#own) - Number(a === this.#own)',
      },
    ],
    faults: [...usual, 'reloads'],
  },
  {
    name: 'drop-what-stands-behind-a-refused-action',
    promise: 5,
    why: 'A refusal takes the later actions of the lane with it.',
    edits: [
      {
        file: session,
        find: "    this.#intake.refuse(lane.name, n, isTooLarge ? refusal('frame-too-large') : reason)\n",
        replace:
          "    for (const each of [...lane.byN.keys()]) if (each >= n) this.#intake.refuse(lane.name, each, isTooLarge ? refusal('frame-too-large') : reason)\n",
      },
    ],
  },
  {
    name: 'take-busy-for-an-answer',
    promise: 2,
    why: 'A refusal that is not final is treated as one, and the action is dropped though its number is not used.',
    edits: [
      {
        file: session,
        find: '    if (final) return this.#refused(',
        replace: '    if (final || !final) return this.#refused(',
      },
    ],
    faults: [...usual, 'rejected-appends', 'short-queue'],
  },
  {
    name: 'do-not-keep-refusals',
    promise: 5,
    why: 'A refused action is shown until the page is reloaded, and gone then.',
    edits: [
      {
        file: 'packages/client/src/outbox/rejections.ts',
        find: '    this.#write(rejection, rejection)\n',
        replace: '',
      },
    ],
    faults: [...usual, 'retries'],
  },
  {
    name: 'pass-over-the-refusals-of-a-welcome',
    promise: 2,
    why: 'What was refused while the client was away counts as accepted.',
    edits: [
      {
        file: intake,
        find: '    for (const { n, code, message } of refusals) this.refuse(lane, n, { code, message })\n',
        replace: '    if (refusals === undefined) return\n',
      },
    ],
  },
  {
    name: 'count-as-queued-what-is-not-written',
    promise: 6,
    why: 'The status calls actions safe on the device that are only in memory.',
    edits: [
      {
        file: queue,
        find: "    for (const { written } of this.#entries) if (written !== 'no') count++\n",
        replace: '    count += this.#entries.length\n',
      },
    ],
  },
  {
    name: 'count-as-queued-what-did-not-fit',
    promise: 6,
    why: 'A write that failed is taken for done.',
    edits: [
      {
        file: queue,
        find: '      (cause: unknown) => this.#failed(writing, cause),\n',
        replace:
          '      (cause: unknown) => (cause instanceof LaneLost ? this.#failed(writing, cause) : this.#written(writing)),\n',
      },
    ],
    faults: [...usual, 'failing-outboxes'],
  },
  {
    name: 'begin-the-old-lane-again-after-a-restored-backup',
    promise: 9,
    why: 'The lane keeps its name and its numbers begin at 1, so the server takes new actions for others.',
    edits: [{ file: queue, find: '      this.#parts.outbox.renew()\n', replace: '' }],
    faults: [...usual, 'restored-backups'],
  },
  {
    name: 'go-on-in-a-lane-whose-mark-went-back',
    promise: 9,
    why: 'The client does not notice that the server is an older one, and waits for ever.',
    edits: [
      {
        file: session,
        find: 'lane !== undefined && mark < lane.lastSettled ? [lane] : []',
        replace: 'lane !== undefined && mark < 0 ? [lane] : []',
      },
    ],
    faults: [...usual, 'restored-backups'],
  },
  {
    name: 'say-nothing-of-what-a-restored-backup-has-lost',
    promise: 9,
    why: 'Actions that were settled and are lost are reported to nobody.',
    edits: [
      {
        file: session,
        find: "    if (actions.length > 0) this.#parts.dispatch({ type: 'foldback/lost', payload: { actions } })\n",
        replace: '',
      },
    ],
    faults: [...usual, 'restored-backups'],
  },
  {
    name: 'discard-an-action-that-is-sealed',
    promise: 2,
    why: 'An action that may have been sent is dropped here and goes on there.',
    edits: [
      {
        file: session,
        find: '    if (entry.n !== undefined) this.#queue.cancel(entry)\n',
        replace: "    if (entry.written === 'no') this.#queue.cancel(entry)\n",
      },
      {
        file: queue,
        find: "    if (entry.n !== undefined) throw new Error('Invariant: a sealed action cannot be withdrawn.')\n",
        replace: '    entry.lane?.byN.delete(entry.n!)\n',
      },
    ],
    faults: [...usual, 'discards'],
  },
  {
    name: 'send-what-was-given-up',
    promise: 2,
    why: 'After a cancellation was written the action itself is sent again.',
    edits: [
      {
        file: sender,
        find: "JSON.stringify(entry.cancel === 'written' ? cancellation : entry.kept)",
        replace: 'JSON.stringify(entry.id === cancellation.type ? cancellation : entry.kept)',
      },
    ],
    faults: [...usual, 'discards', 'reloads'],
  },
  {
    name: 'settle-twice-as-many',
    promise: 2,
    why: 'A range of settled actions is read one too far.',
    edits: [
      {
        file: intake,
        find: '    for (let n = from; n <= to; n++) {\n      const entry = queue.find(lane, n)\n',
        replace: '    for (let n = from; n <= to + 1; n++) {\n      const entry = queue.find(lane, n)\n',
      },
    ],
  },
  {
    name: 'keep-the-queue-of-the-user-before',
    promise: 2,
    why: 'When somebody else signs in, what the one before has pending is sent as theirs.',
    edits: [
      {
        file: outbox,
        find: ".filter(([, row]) => row.page !== page && (row.actor === actor || row.actor === ''))",
        replace: ".filter(([, row]) => row.page !== page && (row.actor !== undefined || actor === ''))",
      },
    ],
    faults: [...usual, 'other-users', 'sign-out'],
  },
]
