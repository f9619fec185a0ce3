import { expect, it } from 'vitest'
import { boardRefusal } from './board-rules.ts'
import { boardSlice, type Board } from './src/model/board.ts'

const { taskAdded, taskChanged, taskMoved, taskRemoved } = boardSlice.actions
const task = (id: string) => ({ id, title: id, note: '', column: 'todo' as const })
const boardOf = (count: number) =>
  Array.from({ length: count }, (_, index) => taskAdded(task(`t${index}`))).reduce<Board | undefined>(
    boardSlice.reducer,
    undefined,
  )!

it('tells whoever changes or moves a task that somebody else has removed it', () => {
  const gone = [taskChanged({ id: 'z', changes: { title: 'New' } }), taskMoved({ id: 'z', column: 'done' })]
  for (const action of gone) expect(boardRefusal(boardOf(1), action)?.code).toBe('no-such-task')
  expect(boardRefusal(boardOf(1), taskMoved({ id: 't0', column: 'done' }))).toBeUndefined()
  expect(boardRefusal(boardOf(1), taskRemoved('z'))).toBeUndefined()
})

it('takes each id once, and at most 500 tasks', () => {
  expect(boardRefusal(boardOf(1), taskAdded(task('t0')))?.code).toBe('task-exists')
  expect(boardRefusal(boardOf(499), taskAdded(task('new')))).toBeUndefined()
  expect(boardRefusal(boardOf(500), taskAdded(task('new')))?.code).toBe('board-full')
})
