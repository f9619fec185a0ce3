import { useMemo, type KeyboardEvent, type PointerEvent } from 'react'
import { useKnownIds } from '../highlight.ts'
import type { Column, Task } from '../model/board.ts'
import type { TaskDrag } from '../task-drag.ts'
import { columnTitles } from '../tasks.ts'
import { AddTaskForm } from './add-task-form.tsx'
import { TaskCard } from './task-card.tsx'

interface BoardColumnProps {
  column: Column
  isLoaded: boolean
  tasks: readonly Task[]
  pending: ReadonlySet<string>
  drag: TaskDrag | undefined
  onPointerDown: (id: string, event: PointerEvent<HTMLElement>) => void
  onHandleKey: (task: Task, event: KeyboardEvent) => void
  onEdit: (id: string) => void
}

export function BoardColumn({ column, isLoaded, tasks, pending, drag, ...on }: BoardColumnProps) {
  const known = useKnownIds(useMemo(() => tasks.map(({ id }) => id), [tasks]))
  const target = drag?.place.column === column ? drag.place : undefined
  const titleId = `column-${column}`
  return (
    <section
      className="board-column"
      aria-labelledby={titleId}
      data-testid="column"
      data-column={column}
      data-target={target !== undefined}
    >
      <h2 id={titleId}>
        {columnTitles[column]} {isLoaded && <span className="tab-count">{tasks.length}</span>}
      </h2>
      <ul className="tasks" data-drop-last={target !== undefined && target.before === undefined}>
        {tasks.map((task) => (
          <TaskCard
            key={task.id}
            task={task}
            pending={pending.has(task.id)}
            isDropPlace={target?.before === task.id}
            known={known}
            {...on}
          />
        ))}
      </ul>
      {isLoaded && tasks.length === 0 && <p className="no-tasks">{emptyTexts[column]}</p>}
      <AddTaskForm column={column} />
    </section>
  )
}

const emptyTexts: Record<Column, string> = {
  todo: 'Nothing is waiting.',
  doing: 'Nobody is on anything.',
  done: 'Nothing is done yet.',
}
