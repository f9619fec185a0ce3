import { createEntityAdapter, createSlice, type PayloadAction } from '@reduxjs/toolkit'

export const columns = ['todo', 'doing', 'done'] as const
export type Column = (typeof columns)[number]

export interface Task {
  id: string
  title: string
  note: string
  column: Column
}

/** Where a task is moved to: in front of another task, or to the end of the column. */
export interface TaskMove {
  id: string
  column: Column
  before?: string | undefined
}

const tasks = createEntityAdapter<Task>()

// oxlint-disable typescript/unbound-method -- the adapter's functions have no `this`

/** What the team has to do. Written for one browser; that everybody shares it is said in models.ts alone. */
export const boardSlice = createSlice({
  name: 'board',
  initialState: tasks.getInitialState(),
  reducers: {
    taskAdded: tasks.addOne,
    taskChanged: tasks.updateOne,
    taskMoved(board, { payload: { id, column, before } }: PayloadAction<TaskMove>) {
      const task = board.entities[id]
      if (!task) return
      task.column = column
      const others = board.ids.filter((each) => each !== id)
      const place = before === undefined ? -1 : others.indexOf(before)
      others.splice(place === -1 ? others.length : place, 0, id)
      board.ids = others
    },
    taskRemoved: tasks.removeOne,
  },
})

export type Board = ReturnType<typeof boardSlice.getInitialState>
export const { selectAll: tasksOf } = tasks.getSelectors()

type Actions = typeof boardSlice.actions
export type BoardAction = ReturnType<Actions[keyof Actions]>
