import { useState, type FormEvent } from 'react'
import { fieldErrors, focusFirstWrong } from '../field-errors.ts'
import { boardPayloads } from '../model/board-payloads.ts'
import { boardSlice, columns, type Column, type Task } from '../model/board.ts'
import { useAppDispatch } from '../store.ts'
import { columnTitles } from '../tasks.ts'
import { Field, TextField } from './field.tsx'
import { Modal } from './modal.tsx'

const { taskChanged, taskMoved } = boardSlice.actions

/** Sends what was changed here and nothing else: somebody else may be changing the rest. */
export function TaskDialog({ task, onClose }: { task: Task; onClose: () => void }) {
  const dispatch = useAppDispatch()
  const [before] = useState(task)
  const [typed, setTyped] = useState(task)
  const [errors, setErrors] = useState<Record<string, string>>({})
  const type = (changed: Partial<Task>) => {
    setTyped({ ...typed, ...changed })
    setErrors({})
  }

  const save = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const title = typed.title.trim()
    const note = typed.note.trim()
    const changes = { ...(title !== before.title && { title }), ...(note !== before.note && { note }) }
    const checked = boardPayloads.taskChanged.shape.changes.safeParse(changes)
    const wrong = fieldErrors(checked)
    setErrors(wrong)
    if (!checked.success) return focusFirstWrong(event.currentTarget, wrong)
    const { id } = task
    if (Object.keys(changes).length > 0) dispatch(taskChanged({ id, changes }))
    if (typed.column !== before.column) dispatch(taskMoved({ id, column: typed.column }))
    onClose()
  }

  return (
    <Modal title="Edit task" onClose={onClose}>
      <form className="task-form" onSubmit={save} noValidate>
        <Field
          label="Title"
          name="title"
          value={typed.title}
          error={errors['title']}
          onChange={({ target }) => type({ title: target.value })}
        />
        <TextField
          label="Note"
          name="note"
          rows={4}
          value={typed.note}
          error={errors['note']}
          onChange={({ target }) => type({ note: target.value })}
        />
        <label className="field task-column">
          Column
          <select
            className="input"
            value={typed.column}
            onChange={({ target }) => type({ column: target.value as Column })}
          >
            {columns.map((column) => (
              <option key={column} value={column}>
                {columnTitles[column]}
              </option>
            ))}
          </select>
        </label>
        <div className="modal-actions">
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="button primary-button">
            Save
          </button>
        </div>
      </form>
    </Modal>
  )
}
