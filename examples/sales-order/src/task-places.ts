import { columns, type Column, type Task } from './model/board.ts'

/** A place on the board: in front of a task, or at the end of the column. */
export interface TaskPlace {
  column: Column
  before: string | undefined
}

type Step = 'left' | 'right' | 'up' | 'down'

/** Where a task comes by one step; undefined where it cannot. A step to the side keeps its height, if it can. */
export function placeAfterStep(tasks: readonly Task[], task: Task, step: Step): TaskPlace | undefined {
  const column = step === 'left' || step === 'right' ? beside(task.column, step) : task.column
  if (column === undefined) return undefined
  const height = idsIn(tasks, task.column).indexOf(task.id)
  const others = idsIn(tasks, column).filter((id) => id !== task.id)
  const place = step === 'up' ? height - 1 : step === 'down' ? height + 1 : height
  if (place < 0 || (column === task.column && place > others.length)) return undefined
  return { column, before: others[place] }
}

/** True where the task is already: moving it there would change nothing. */
export function isPlaceOf(tasks: readonly Task[], task: Task, { column, before }: TaskPlace): boolean {
  const ids = idsIn(tasks, column)
  return column === task.column && (before === task.id || ids[ids.indexOf(task.id) + 1] === before)
}

const beside = (column: Column, side: 'left' | 'right'): Column | undefined =>
  columns[columns.indexOf(column) + (side === 'left' ? -1 : 1)]

const idsIn = (tasks: readonly Task[], column: Column) =>
  tasks.filter((task) => task.column === column).map(({ id }) => id)
