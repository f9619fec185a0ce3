import { useId, type InputHTMLAttributes, type ReactNode, type TextareaHTMLAttributes } from 'react'

interface Labelled {
  label: string
  error?: string | undefined
}

type FieldProps = Labelled & InputHTMLAttributes<HTMLInputElement>
type TextFieldProps = Labelled & TextareaHTMLAttributes<HTMLTextAreaElement>

/** A labelled input with what is wrong with it right below. */
export function Field({ label, error, className, ...input }: FieldProps) {
  const id = useId()
  return (
    <FieldFrame id={id} label={label} error={error} className={className}>
      <input {...input} {...fieldProps(id, error)} />
    </FieldFrame>
  )
}

/** The same for several lines of text. */
export function TextField({ label, error, className, ...input }: TextFieldProps) {
  const id = useId()
  return (
    <FieldFrame id={id} label={label} error={error} className={className}>
      <textarea {...input} {...fieldProps(id, error)} />
    </FieldFrame>
  )
}

const fieldProps = (id: string, error: string | undefined) => ({
  id,
  className: 'input',
  dir: 'auto',
  autoComplete: 'off',
  'aria-invalid': error !== undefined,
  'aria-describedby': error && `${id}-error`,
})

interface FrameProps extends Labelled {
  id: string
  className: string | undefined
  children: ReactNode
}

function FieldFrame({ id, label, error, className = '', children }: FrameProps) {
  return (
    <div className={`field ${className}`}>
      <label htmlFor={id}>{label}</label>
      {children}
      {error && (
        <p className="field-error" id={`${id}-error`} role="alert">
          {error}
        </p>
      )}
    </div>
  )
}
