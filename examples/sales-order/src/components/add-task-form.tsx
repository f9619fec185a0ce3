import { useRef, useState, type FormEvent } from 'react'
import { fieldErrors } from '../field-errors.ts'
import { newTaskId } from '../ids.ts'
import { boardPayloads } from '../model/board-payloads.ts'
import { boardSlice, type Column } from '../model/board.ts'
import { useAppDispatch } from '../store.ts'
import { columnTitles } from '../tasks.ts'
import { Field } from './field.tsx'

/** Enter adds, and the next one can be typed at once. */
export function AddTaskForm({ column }: { column: Column }) {
  const dispatch = useAppDispatch()
  const [title, setTitle] = useState('')
  const [error, setError] = useState<string>()
  const form = useRef<HTMLFormElement>(null)

  const add = (event: FormEvent) => {
    event.preventDefault()
    const task = { id: newTaskId(), title: title.trim(), note: '', column }
    const checked = boardPayloads.taskAdded.safeParse(task)
    setError(fieldErrors(checked)['title'])
    if (checked.success) {
      dispatch(boardSlice.actions.taskAdded(task))
      setTitle('')
    }
    form.current?.querySelector('input')?.focus()
  }

  return (
    <form
      ref={form}
      className="add-task"
      onSubmit={add}
      noValidate
      aria-label={`Add a task to ${columnTitles[column]}`}
    >
      <Field
        label="New task"
        placeholder="New task"
        value={title}
        error={error}
        onChange={(event) => {
          setTitle(event.target.value)
          setError(undefined)
        }}
      />
      <button type="submit" className="button">
        Add
      </button>
    </form>
  )
}
