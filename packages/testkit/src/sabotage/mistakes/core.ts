import { type Mistake, usual } from '../mistake.ts'

/** What can be got wrong in what both sides fold with. */
export const coreMistakes: readonly Mistake[] = [
  {
    name: 'empty-a-record-on-which-an-event-throws',
    promise: 5,
    why: 'A recorded event that throws under new code takes the record with it, on every side alike.',
    edits: [
      {
        file: 'packages/core/src/fold.ts',
        find: '    onThrow(thrown)\n    return state\n',
        replace: '    onThrow(thrown)\n    return initialState(model)\n',
      },
    ],
    faults: [...usual, 'deploys'],
  },
  {
    name: 'upcast-what-is-up-to-date',
    promise: 4,
    why: 'Events that were written under the present version are brought up to it once more, on every side alike.',
    edits: [
      {
        file: 'packages/core/src/upcast.ts',
        find: '  return from < model.version ? upcastBy(model, action, from) : action\n',
        replace: '  return from <= model.version ? upcastBy(model, action, from) : action\n',
      },
    ],
    faults: [...usual, 'deploys'],
  },
  {
    name: 'fold-unwatched',
    promise: 10,
    why: 'In development the reducers of the client are folded as they are, and one that is not pure is not named.',
    edits: [
      {
        file: 'packages/client/src/replicas.ts',
        find: '    return this.#watcher?.watched(model) ?? model\n',
        replace: '    return model\n',
      },
    ],
    faults: [...usual, 'development'],
  },
  {
    name: 'take-chance-for-pure',
    promise: 10,
    why: 'A reducer that throws dice is not named, because only clocks are watched.',
    edits: [
      {
        file: 'packages/core/src/purity/purity-check.ts',
        find: '      for (const { kind, name } of uses)\n',
        replace: "      for (const { kind, name } of uses.filter((use) => use.kind === 'clock'))\n",
      },
    ],
    faults: [...usual, 'development'],
  },
]
