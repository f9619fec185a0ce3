import { useRef, useState, type KeyboardEvent } from 'react'
import { boardSlice, columns, type Task } from '../model/board.ts'
import { useAppDispatch } from '../store.ts'
import { useTaskDrag } from '../task-drag.ts'
import { isPlaceOf, placeAfterStep, type TaskPlace } from '../task-places.ts'
import { columnTitles, usePendingTaskIds } from '../tasks.ts'
import { BoardColumn } from './board-column.tsx'
import { TaskDialog } from './task-dialog.tsx'

const steps = { ArrowLeft: 'left', ArrowRight: 'right', ArrowUp: 'up', ArrowDown: 'down' } as const
const { taskMoved } = boardSlice.actions

export function Board({ tasks, isLoaded }: { tasks: readonly Task[]; isLoaded: boolean }) {
  const dispatch = useAppDispatch()
  const pending = usePendingTaskIds()
  const [editedId, setEditedId] = useState<string>()
  const [said, setSaid] = useState('')
  const ref = useRef<HTMLDivElement>(null)

  const move = (task: Task, place: TaskPlace) => {
    if (isPlaceOf(tasks, task, place)) return
    dispatch(taskMoved({ id: task.id, ...place }))
    setSaid(`${task.title} is in ${columnTitles[place.column]} now.`)
  }
  const { drag, start } = useTaskDrag(ref, ({ id, place }) => {
    const task = tasks.find((each) => each.id === id)
    if (task) move(task, place)
  })
  const onHandleKey = (task: Task, event: KeyboardEvent) => {
    if (!Object.hasOwn(steps, event.key)) return
    event.preventDefault()
    const place = placeAfterStep(tasks, task, steps[event.key as keyof typeof steps])
    if (!place) return
    move(task, place)
    // In another column the card is another element: the keyboard goes on with that one.
    requestAnimationFrame(() => handleOf(ref.current, task.id)?.focus())
  }

  const edited = tasks.find((task) => task.id === editedId)
  return (
    <>
      <div ref={ref} className="board" data-testid="board">
        {columns.map((column) => (
          <BoardColumn
            key={column}
            column={column}
            isLoaded={isLoaded}
            tasks={tasks.filter((task) => task.column === column)}
            pending={pending}
            drag={drag}
            onPointerDown={start}
            onHandleKey={onHandleKey}
            onEdit={setEditedId}
          />
        ))}
      </div>
      <p className="visually-hidden" aria-live="polite">
        {said}
      </p>
      {edited && <TaskDialog key={edited.id} task={edited} onClose={() => setEditedId(undefined)} />}
    </>
  )
}

const handleOf = (board: HTMLElement | null, id: string) =>
  board?.querySelector<HTMLElement>(`[data-task-id="${CSS.escape(id)}"] .task-handle`)
