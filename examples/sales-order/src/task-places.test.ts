import { expect, it } from 'vitest'
import type { Column, Task } from './model/board.ts'
import { isPlaceOf, placeAfterStep } from './task-places.ts'

const task = (id: string, column: Column): Task => ({ id, title: id, note: '', column })
const [a, b, c, d] = [task('a', 'todo'), task('b', 'todo'), task('c', 'todo'), task('d', 'doing')] as const
const tasks = [a, b, c, d]

it('steps up and down in its column, as far as it goes', () => {
  expect(placeAfterStep(tasks, b, 'up')).toEqual({ column: 'todo', before: 'a' })
  expect(placeAfterStep(tasks, a, 'down')).toEqual({ column: 'todo', before: 'c' })
  expect(placeAfterStep(tasks, b, 'down')).toEqual({ column: 'todo', before: undefined })
  expect(placeAfterStep(tasks, a, 'up')).toBeUndefined()
  expect(placeAfterStep(tasks, c, 'down')).toBeUndefined()
})

it('steps to the side at its height, as far as there are columns', () => {
  expect(placeAfterStep(tasks, a, 'right')).toEqual({ column: 'doing', before: 'd' })
  expect(placeAfterStep(tasks, c, 'right')).toEqual({ column: 'doing', before: undefined })
  expect(placeAfterStep(tasks, d, 'left')).toEqual({ column: 'todo', before: 'a' })
  expect(placeAfterStep(tasks, a, 'left')).toBeUndefined()
})

it('knows the place where a task is already', () => {
  expect(isPlaceOf(tasks, a, { column: 'todo', before: 'b' })).toBe(true)
  expect(isPlaceOf(tasks, c, { column: 'todo', before: undefined })).toBe(true)
  expect(isPlaceOf(tasks, a, { column: 'todo', before: 'c' })).toBe(false)
  expect(isPlaceOf(tasks, c, { column: 'doing', before: undefined })).toBe(false)
})
