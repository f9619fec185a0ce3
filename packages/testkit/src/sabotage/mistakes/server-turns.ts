import { type Mistake, usual } from '../mistake.ts'

const admit = 'packages/engine/src/turns/admit.ts'
const pipeline = 'packages/engine/src/turns/pipeline.ts'
const turn = 'packages/engine/src/turns/turn.ts'
const store = 'packages/testkit/src/memory-store.ts'

/** What can be got wrong between the server's queue and its log. */
export const serverTurnMistakes: readonly Mistake[] = [
  {
    name: 'skip-the-dedupe',
    promise: 2,
    why: 'Neither the server nor its store looks whether (lane, n) is settled, so a resent action happens again.',
    edits: [
      {
        file: admit,
        find: "  if (place.n <= mark.speculative) return { kind: 'duplicate' }\n",
        replace: '',
      },
      {
        file: store,
        find: "    if (place !== undefined && !isOthers && place.n <= n) return { status: 'duplicate' }\n",
        replace: '',
      },
    ],
  },
  {
    name: 'dedupe-in-the-store-alone',
    promise: 5,
    why: 'The server folds a resent action again, and the store calls it a duplicate each time: the lane never goes on.',
    edits: [
      {
        file: admit,
        find: "  if (place.n <= mark.speculative) return { kind: 'duplicate' }\n",
        replace: '',
      },
    ],
  },
  {
    name: 'a-mark-that-moves-to-the-highest-n',
    promise: 2,
    why: 'A number above n + 1 is taken too, so one that was put off counts as settled and is lost.',
    edits: [
      {
        file: admit,
        find: "  if (place.n > mark.speculative + 1) return refuse(refusal('lane-gap'))\n",
        replace: '',
      },
      {
        file: store,
        find: '|| (place !== undefined && place.n > n + 1)',
        replace: '',
      },
    ],
    faults: [...usual, 'rejected-appends', 'short-queue'],
  },
  {
    name: 'acknowledge-before-the-commit',
    promise: 1,
    why: 'The sender is told as soon as its action is folded; when the commit fails, the client has forgotten it.',
    edits: [
      {
        file: pipeline,
        find: '      turn.accept(submission, mark, decision)\n',
        replace:
          '      turn.accept(submission, mark, decision)\n' +
          "      if (place) this.#parts.settler.repeated(submission, { status: 'accepted', places: [], isDuplicate: false })\n",
      },
    ],
  },
  {
    name: 'refuse-before-the-commit',
    promise: 1,
    why: 'A refusal is told when it is decided, though it rests on events that may still fail to be written.',
    edits: [
      {
        file: pipeline,
        find: "    } else if (decision.refusal.finality === 'final') turn.refuse(submission, mark, decision.refusal)\n",
        replace:
          "    } else if (decision.refusal.finality === 'final') {\n" +
          '      turn.refuse(submission, mark, decision.refusal)\n' +
          "      if (place) this.#parts.settler.repeated(submission, { status: 'refused', refusal: decision.refusal, isDuplicate: false })\n" +
          '    }\n',
      },
    ],
  },
  {
    name: 'answer-a-duplicate-that-is-under-way',
    promise: 1,
    why: 'A resent action is called accepted while its first copy is still being written.',
    edits: [
      {
        file: pipeline,
        find: "    if (mark.isStale || mark.committed < n) return this.#putOff(submission, refusal('busy'))\n",
        replace: '',
      },
    ],
  },
  {
    name: 'reuse-a-version',
    promise: 3,
    why: 'Actions are folded on the committed state and the store does not look, so two events get one version.',
    edits: [
      {
        file: admit,
        find: '    const before = head.speculative\n',
        replace: '    const before = head.committed\n',
      },
      {
        file: store,
        find: 'if (wanted.every((event, index) => event.expectedVersion === present.length + index)) return []',
        replace: 'if (wanted.length > 0) return []',
      },
    ],
  },
  {
    name: 'lose-a-refusal',
    promise: 2,
    why: 'That an action was refused is not kept, so whoever asks again is told that it was accepted.',
    edits: [
      {
        file: turn,
        find: 'outcome: JSON.stringify({ refused: { code, message } } satisfies KeptOutcome) }',
        replace: 'outcome: undefined && String({ refused: { code, message } } satisfies KeptOutcome) }',
      },
    ],
  },
  {
    name: 'forget-outcomes-too-early',
    promise: 2,
    why: 'Refusals are forgotten when they have been told, not when the client says that it knows them.',
    edits: [
      {
        file: 'packages/engine/src/sessions/held-lanes.ts',
        find: 'if (kept.some(({ n }) => n <= settled)) this.#parts.pipeline.forget({ lane, upTo: settled })',
        replace: 'if (kept.length > 0) this.#parts.pipeline.forget({ lane, upTo: mark })',
      },
    ],
    faults: [...usual, 'storms', 'reloads'],
  },
  {
    name: 'authorize-before-the-dedupe',
    promise: 2,
    why: 'A resent action is judged again, and what was accepted the first time is refused by now.',
    edits: [
      {
        file: admit,
        find: '  const seen = dedupe(context, submission)\n  if (seen !== undefined) return seen\n',
        replace: '',
      },
      {
        file: admit,
        find: '  if (forbidden !== undefined) return refuse(forbidden)\n',
        replace:
          '  if (forbidden !== undefined) return refuse(forbidden)\n' +
          '  const seen = dedupe(context, submission)\n  if (seen !== undefined) return seen\n',
      },
    ],
  },
  {
    name: 'swallow-a-failed-append',
    promise: 11,
    why: 'A commit that failed is settled as if it had been written.',
    edits: [
      {
        file: pipeline,
        find: '      (cause: unknown) => this.#commitFailed(turn, cause),\n',
        replace:
          "      () => this.#committed(turn, batch.units.map(({ events }) => ({ status: 'ok', seqs: events.map(() => 0) }))),\n",
      },
    ],
    faults: [...usual, 'rejected-appends'],
  },
  {
    name: 'take-unknown-for-written',
    promise: 11,
    why: 'Where the store cannot tell, the server says accepted.',
    edits: [
      {
        file: pipeline,
        find: "      if (outcome?.status === 'ok') written.push({ ...unit, seqs: outcome.seqs })\n",
        replace:
          "      if (outcome?.status === 'ok') written.push({ ...unit, seqs: outcome.seqs })\n" +
          "      else if (outcome?.status === 'unknown') written.push({ ...unit, seqs: refsOf(unit.result).map(() => 0) })\n",
      },
    ],
    faults: [...usual, 'unknown-appends'],
  },
  {
    name: 'keep-heads-after-a-failed-append',
    promise: 11,
    why: 'The next actions are folded on states that were never written.',
    edits: [
      {
        file: pipeline,
        find: '    for (const head of turns.flatMap((turn) => turn.heads)) this.#parts.heads.drop(head)\n',
        replace: '',
      },
    ],
    faults: [...usual, 'rejected-appends', 'unknown-appends'],
  },
  {
    name: 'keep-marks-after-a-failed-append',
    promise: 11,
    why: 'A lane is believed to be further than it is, so what was not written is taken for a duplicate for ever.',
    edits: [
      {
        file: pipeline,
        find: '    this.#parts.marks.commitFailed(marks.filter((mark) => mark !== undefined))\n',
        replace:
          '    this.#parts.marks.commitFailed(marks.filter((mark) => mark === undefined).map((mark) => mark!))\n',
      },
    ],
    faults: [...usual, 'rejected-appends', 'unknown-appends'],
  },
  {
    name: 'skip-a-model-of-a-multi-model-action',
    promise: 3,
    why: 'An action that concerns two models is recorded in the first one only.',
    edits: [
      {
        file: admit,
        find: '  for (const { model, head } of targets) {\n    const before',
        replace: '  for (const { model, head } of targets.slice(0, 1)) {\n    const before',
      },
    ],
  },
  {
    name: 'take-the-clock-as-it-is',
    promise: 3,
    why: 'When the clock of a server is put back, an event was received before the one that it follows.',
    edits: [
      {
        file: admit,
        find: 'for (const { head } of targets) receivedAt = Math.max(receivedAt, head.speculative.receivedAt)',
        replace: 'receivedAt = Math.max(receivedAt, 0)',
      },
    ],
    faults: [...usual, 'wrong-clocks'],
  },
  {
    name: 'believe-the-clock-of-a-device',
    promise: 3,
    why: 'An action that was dispatched in the future, by the clock of its device, is recorded with that time.',
    edits: [
      {
        file: admit,
        find: 'proposed.at !== undefined && proposed.at <= context.now ? proposed.at : context.now',
        replace: 'proposed.at ?? context.now',
      },
    ],
    faults: [...usual, 'wrong-clocks'],
  },
  {
    name: 'enrich-again-when-a-turn-is-folded-again',
    promise: 2,
    why: 'After a conflict the enriched action is judged and enriched once more.',
    edits: [
      {
        file: pipeline,
        find: '    this.#queue.pushAgain(again.map((unit) => unit.submission))\n',
        replace:
          '    this.#queue.pushAgain(\n' +
          '      again.map(({ submission, result }) =>\n' +
          "        result.kind === 'accepted' && submission.parsed.ok\n" +
          '          ? { ...submission, parsed: { ...submission.parsed, action: result.action } }\n' +
          '          : submission,\n' +
          '      ),\n' +
          '    )\n',
      },
    ],
    faults: [...usual, 'unknown-appends'],
  },
  {
    name: 'refuse-the-first-for-one-that-cannot-be-kept',
    promise: 5,
    why: 'When a batch cannot be kept, its first action is refused instead of the one at fault.',
    edits: [
      {
        file: pipeline,
        find: '    if (suspects.length === 1)\n',
        replace: '    if (suspects.length >= 1)\n',
      },
    ],
    faults: [...usual, 'unstorable'],
  },
  {
    name: 'record-a-state-under-another-version',
    promise: 7,
    why: 'The record that is kept is the committed state, under the version of what is only being committed.',
    edits: [
      {
        file: turn,
        find: '      const text = JSON.stringify(head.speculative.state)\n',
        replace: '      const text = JSON.stringify(head.committed.state)\n',
      },
    ],
  },
  {
    name: 'forget-a-head-that-is-being-committed',
    promise: 3,
    why: 'A small cache lets go of a head with actions under way, and reads an older one in its place.',
    edits: [
      {
        file: 'packages/engine/src/heads/heads.ts',
        find: '(head) => head.isUnderWay',
        replace: '() => false',
      },
    ],
  },
]
