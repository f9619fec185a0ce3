import { expect, it } from 'vitest'
import { boardPayloads } from './board-payloads.ts'
import { boardSlice, tasksOf, type Board, type BoardAction, type Column } from './board.ts'

const { taskAdded, taskChanged, taskMoved, taskRemoved } = boardSlice.actions

const task = (id: string, column: Column = 'todo') => ({ id, title: `Task ${id}`, note: '', column })
const fold = (...actions: BoardAction[]) => actions.reduce<Board | undefined>(boardSlice.reducer, undefined)!
const three = [taskAdded(task('a')), taskAdded(task('b')), taskAdded(task('c', 'doing'))]
const placesOf = (board: Board) => tasksOf(board).map(({ id, column }) => `${id} ${column}`)

it('has tasks in the order in which they were added', () =>
  expect(placesOf(fold(...three))).toEqual(['a todo', 'b todo', 'c doing']))

it('moves a task to the end of a column, or in front of another', () => {
  const end = taskMoved({ id: 'a', column: 'doing' })
  expect(placesOf(fold(...three, end))).toEqual(['b todo', 'c doing', 'a doing'])
  const front = taskMoved({ id: 'a', column: 'doing', before: 'c' })
  expect(placesOf(fold(...three, front))).toEqual(['b todo', 'a doing', 'c doing'])
})

it('moves a task to the end when the one it was to be in front of is gone meanwhile', () => {
  const move = taskMoved({ id: 'a', column: 'doing', before: 'c' })
  expect(placesOf(fold(...three, taskRemoved('c'), move))).toEqual(['b todo', 'a doing'])
  expect(placesOf(fold(...three, taskMoved({ id: 'a', column: 'todo', before: 'a' })))).toContain('a todo')
})

it('changes title and note apart from each other', () => {
  const [title, note] = [{ title: 'New' }, { note: 'Mind the gap' }]
  const board = fold(
    ...three,
    taskChanged({ id: 'a', changes: title }),
    taskChanged({ id: 'a', changes: note }),
  )
  expect(board.entities['a']).toEqual({ ...task('a'), ...title, ...note })
})

it('stays as it is when a task that is gone is changed, moved or removed', () => {
  const board = fold(...three)
  const late = [
    taskChanged({ id: 'z', changes: { note: '' } }),
    taskMoved({ id: 'z', column: 'done' }),
    taskRemoved('z'),
  ]
  for (const action of late) expect(boardSlice.reducer(board, action)).toEqual(board)
  expect(boardSlice.reducer(board, taskAdded({ ...task('a'), title: 'Other' }))).toEqual(board)
})

it.each(['__proto__', 'constructor', 'prototype', '', 'a b', 'x'.repeat(65), 7, undefined])(
  'takes no task with the id %j',
  (id) => {
    expect(boardPayloads.taskAdded.safeParse({ ...task('a'), id }).success).toBe(false)
    expect(boardPayloads.taskRemoved.safeParse(id).success).toBe(false)
  },
)

it.each([{ id: 'b' }, { column: 'done' }, { title: ' ' }, { title: 'x'.repeat(201) }, { note: 7 }])(
  'takes no change to %j',
  (changes) => expect(boardPayloads.taskChanged.safeParse({ id: 'a', changes }).success).toBe(false),
)
