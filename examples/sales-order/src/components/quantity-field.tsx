import { useId, useState, type KeyboardEvent } from 'react'
import { limits, payloads } from '../model/payloads.ts'
import { level, levelMax } from '../model/stock-payloads.ts'
import { parseQuantity } from '../money.ts'

interface QuantityFieldProps {
  /** On a line there is at least 1; in stock there may be none. */
  of: 'line' | 'stock'
  sku: string
  quantity: number
  onChange: (quantity: number) => void
}

const bounds = {
  line: { schema: payloads.lineQuantityChanged.shape.quantity, min: 1, max: limits.quantityMax },
  stock: { schema: level, min: 0, max: levelMax },
}

/** Steps with the buttons or the arrow keys; what is typed counts on Enter or on leaving, and not after Escape. */
export function QuantityField({ of, sku, quantity, onChange }: QuantityFieldProps) {
  const { schema, min, max } = bounds[of]
  const errorId = useId()
  const [typed, setTyped] = useState<string>()
  const checked = schema.safeParse(typed === undefined ? quantity : parseQuantity(typed))
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
    const to = Math.min(Math.max(from + by, min), max)
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
          aria-disabled={quantity <= min}
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
