import { useState, type FormEvent } from 'react'
import { fieldErrors, focusFirstWrong } from '../field-errors.ts'
import { newLineId } from '../ids.ts'
import { payloads } from '../model/payloads.ts'
import { salesOrderSlice } from '../model/sales-order.ts'
import { parseCents, parseQuantity } from '../money.ts'
import { useAppDispatch } from '../store.ts'
import { Field } from './field.tsx'

const empty = { sku: '', quantity: '1', unitPrice: '' }

export function AddLineForm({ orderId }: { orderId: string }) {
  const dispatch = useAppDispatch()
  const [typed, setTyped] = useState(empty)
  const [errors, setErrors] = useState<Record<string, string | undefined>>({})

  const field = (name: keyof typeof empty) => ({
    name,
    value: typed[name],
    error: errors[name],
    onChange: (event: { target: { value: string } }) => {
      setTyped({ ...typed, [name]: event.target.value })
      setErrors({ ...errors, [name]: undefined })
    },
  })

  const add = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const line = {
      id: orderId,
      lineId: newLineId(),
      sku: typed.sku.trim(),
      quantity: parseQuantity(typed.quantity),
      unitPrice: parseCents(typed.unitPrice),
    }
    const checked = payloads.lineAdded.safeParse(line)
    const wrong = fieldErrors(checked)
    setErrors(wrong)
    if (!checked.success) return focusFirstWrong(event.currentTarget, wrong)
    dispatch(salesOrderSlice.actions.lineAdded(line))
    setTyped(empty)
    event.currentTarget.querySelector('input')?.focus()
  }

  return (
    <form className="add-line" onSubmit={add} noValidate aria-label="Add a line" data-testid="add-line">
      <Field label="SKU" className="add-sku" placeholder="e.g. BOLT-M8-40" {...field('sku')} />
      <Field label="Quantity" className="add-quantity" inputMode="numeric" {...field('quantity')} />
      <Field
        label="Unit price, €"
        className="add-price"
        inputMode="decimal"
        placeholder="0.00"
        {...field('unitPrice')}
      />
      <button type="submit" className="button">
        Add line
      </button>
    </form>
  )
}
