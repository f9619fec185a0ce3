import { useState, type KeyboardEvent, type PointerEvent } from 'react'
import { useArrivalHighlight, useHighlight, type KnownIds } from '../highlight.ts'
import { boardSlice, type Task } from '../model/board.ts'
import { useAppDispatch } from '../store.ts'
import { Confirm } from './confirm.tsx'
import { CrossIcon } from './cross-icon.tsx'
import { PendingMark } from './pending-mark.tsx'

interface TaskCardProps {
  task: Task
  pending: boolean
  /** What is dragged would come right above. */
  isDropPlace: boolean
  known: KnownIds
  onPointerDown: (id: string, event: PointerEvent<HTMLElement>) => void
  onHandleKey: (task: Task, event: KeyboardEvent) => void
  onEdit: (id: string) => void
}

export function TaskCard({ task, pending, isDropPlace, known, ...on }: TaskCardProps) {
  const dispatch = useAppDispatch()
  const [asking, setAsking] = useState(false)
  const ref = useHighlight<HTMLLIElement>(`${task.title} ${task.note}`, pending)
  useArrivalHighlight(ref, task.id, known, pending)

  const remove = () => {
    const form = ref.current?.closest('section')?.querySelector<HTMLElement>('form input')
    setAsking(false)
    dispatch(boardSlice.actions.taskRemoved(task.id))
    requestAnimationFrame(() => form?.focus())
  }

  return (
    <li
      ref={ref}
      className="task"
      data-testid="task"
      data-task-id={task.id}
      data-drop-place={isDropPlace}
      onPointerDown={(event) => !asking && on.onPointerDown(task.id, event)}
    >
      <button
        type="button"
        className="task-handle"
        aria-label={`Move ${task.title}`}
        title="Drag it, or use the arrow keys"
        onKeyDown={(event) => on.onHandleKey(task, event)}
      >
        <HandleIcon />
      </button>
      <div className="task-text">
        <button
          type="button"
          className="task-title"
          dir="auto"
          aria-label={`Edit ${task.title}`}
          onClick={() => on.onEdit(task.id)}
        >
          {task.title}
        </button>
        <PendingMark when={pending} />
        {task.note && (
          <p className="task-note" dir="auto">
            {task.note}
          </p>
        )}
      </div>
      <button
        type="button"
        className="icon-button task-remove"
        aria-label={`Remove ${task.title}`}
        onClick={() => setAsking(true)}
      >
        <CrossIcon />
      </button>
      {asking && (
        <Confirm
          title="Remove this task?"
          confirmLabel="Remove task"
          keepLabel="Keep task"
          onConfirm={remove}
          onClose={() => setAsking(false)}
        >
          “{task.title}” disappears from the board for everybody.
        </Confirm>
      )}
    </li>
  )
}

const HandleIcon = () => (
  <svg viewBox="0 0 8 14" aria-hidden="true">
    {[2, 7, 12].flatMap((y) => [1.75, 6.25].map((x) => <circle key={`${x} ${y}`} cx={x} cy={y} r="1.1" />))}
  </svg>
)
