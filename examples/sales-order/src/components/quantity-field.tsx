import { useId, useState, type KeyboardEvent } from 'react'
import { limits, payloads } from '../model/payloads.ts'
import { parseQuantity } from '../money.ts'

interface QuantityFieldProps {
  sku: string
  quantity: number
  onChange: (quantity: number) => void
}

const quantitySchema = payloads.lineQuantityChanged.shape.quantity

/** Steps with the buttons or the arrow keys; what is typed counts on Enter or on leaving, and not after Escape. */
export function QuantityField({ sku, quantity, onChange }: QuantityFieldProps) {
  const errorId = useId()
  const [typed, setTyped] = useState<string>()
  const checked = quantitySchema.safeParse(typed === undefined ? quantity : parseQuantity(typed))
  const [shown, setShown] = useState(false)
  const error = shown ? checked.error?.issues[0]?.message : undefined

  const commit = () => {
    if (typed === undefined) return
    if (!checked.success) return setShown(true)
    setTyped(undefined)
    setShown(false)
    if (checked.data !== quantity) onChange(checked.data)
  }
  const step = (by: number) => {
    const from = checked.success ? checked.data : quantity
    const to = Math.min(Math.max(from + by, 1), limits.quantityMax)
    setTyped(undefined)
    setShown(false)
    if (to !== quantity) onChange(to)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter') commit()
    else if (event.key === 'Escape') {
      setTyped(undefined)
      setShown(false)
    } else if (event.key === 'ArrowUp') step(1)
    else if (event.key === 'ArrowDown') step(-1)
    else return
    event.preventDefault()
  }

  return (
    <div className="quantity-field">
      <div className="stepper">
        <button
          type="button"
          className="step"
          aria-label={`One less ${sku}`}
          aria-disabled={quantity <= 1}
          onClick={() => step(-1)}
        >
          −
        </button>
        <input
          className="step-input"
          data-testid="quantity"
          inputMode="numeric"
          autoComplete="off"
          aria-label={`Quantity of ${sku}`}
          aria-invalid={error !== undefined}
          aria-describedby={error && errorId}
          value={typed ?? String(quantity)}
          onChange={(event) => setTyped(event.target.value)}
          onFocus={(event) => event.target.select()}
          onBlur={commit}
          onKeyDown={onKeyDown}
        />
        <button type="button" className="step" aria-label={`One more ${sku}`} onClick={() => step(1)}>
          +
        </button>
      </div>
      {error && (
        <p className="field-error" id={errorId} role="alert">
          {error}
        </p>
      )}
    </div>
  )
}
