import { useState, type FormEvent } from 'react'
import { errorsIn, type CorrectedField, type Correction } from '../correction.ts'
import type { SharedAction } from '../refusal.ts'
import { focusFirstWrong } from '../field-errors.ts'
import { Field, TextField } from './field.tsx'
import { Modal } from './modal.tsx'

const labels: Record<CorrectedField['name'], string> = {
  customer: 'Customer',
  sku: 'SKU',
  quantity: 'Quantity',
  unitPrice: 'Unit price, €',
  title: 'Title',
  note: 'Note',
}
const inputModes = { quantity: 'numeric', unitPrice: 'decimal' } as const

interface CorrectionDialogProps {
  correction: Correction
  /** What was refused, and why. */
  title: string
  message: string
  onSend: (action: SharedAction) => void
  onClose: () => void
}

/** What was refused, with its values, to be put right and sent in its place. */
export function CorrectionDialog({ correction, title, message, onSend, onClose }: CorrectionDialogProps) {
  // As it was when the dialog was opened: what others change meanwhile must not change what is typed.
  const [{ fields, make }] = useState(correction)
  const [typed, setTyped] = useState(() => fields.map(({ value }) => value))
  const [errors, setErrors] = useState<Record<string, string>>({})

  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const action = make(...typed.map((text) => text.trim()))
    const wrong = errorsIn(action)
    setErrors(wrong)
    if (Object.keys(wrong).length > 0) return focusFirstWrong(event.currentTarget, wrong)
    onSend(action)
  }

  return (
    <Modal title="Edit and try again" onClose={onClose}>
      <form className="correction" onSubmit={send} noValidate>
        <p>
          <strong>{title}</strong> {message}
        </p>
        {fields.map(({ name }, index) => {
          const field = {
            label: labels[name],
            name,
            value: typed[index] ?? '',
            error: errors[name],
            onChange: ({ target }: { target: { value: string } }) => {
              setTyped(typed.with(index, target.value))
              setErrors(({ [name]: _now, ...others }) => others)
            },
          }
          if (name === 'note') return <TextField key={name} rows={4} {...field} />
          const inputMode = name in inputModes ? inputModes[name as keyof typeof inputModes] : 'text'
          return <Field key={name} inputMode={inputMode} {...field} />
        })}
        <div className="modal-actions">
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="button primary-button">
            Send
          </button>
        </div>
      </form>
    </Modal>
  )
}
