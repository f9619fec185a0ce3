import { usePending } from '@foldback/react'
import { useMemo } from 'react'
import { tasksOf, type Column, type Task } from './model/board.ts'
import { board } from './model/models.ts'
import { thingsOf } from './refusal.ts'
import { useAppSelector } from './store.ts'

export const columnTitles: Record<Column, string> = { todo: 'To do', doing: 'Doing', done: 'Done' }

/** All tasks, in the order in which they stand in their columns. */
export function useTasks(): readonly Task[] {
  const state = useAppSelector((root) => root.board)
  return useMemo(() => tasksOf(state), [state])
}

/** The tasks of which something is not saved yet. */
export function usePendingTaskIds(): ReadonlySet<string> {
  const actions = usePending(board)
  return useMemo(() => new Set(actions.flatMap(thingsOf)), [actions])
}
