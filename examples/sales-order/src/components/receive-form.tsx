import { useState, type FormEvent } from 'react'
import { fieldErrors, focusFirstWrong } from '../field-errors.ts'
import { stockPayloads } from '../model/stock-payloads.ts'
import { stockSlice } from '../model/stock.ts'
import { parseQuantity } from '../money.ts'
import { useAppDispatch } from '../store.ts'
import { Field } from './field.tsx'

const empty = { sku: '', quantity: '' }

/** Adds to what is there: two people who receive at once have both received. */
export function ReceiveForm() {
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

  const receive = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const goods = { sku: typed.sku.trim(), quantity: parseQuantity(typed.quantity) }
    const checked = stockPayloads.received.safeParse(goods)
    const wrong = fieldErrors(checked)
    setErrors(wrong)
    if (!checked.success) return focusFirstWrong(event.currentTarget, wrong)
    dispatch(stockSlice.actions.received(goods))
    setTyped(empty)
    event.currentTarget.querySelector('input')?.focus()
  }

  return (
    <form className="add-line receive" onSubmit={receive} noValidate aria-label="Receive goods">
      <Field label="SKU" className="add-sku" placeholder="e.g. BOLT-M8-40" {...field('sku')} />
      <Field label="Quantity" className="add-quantity" inputMode="numeric" {...field('quantity')} />
      <button type="submit" className="button">
        Receive
      </button>
    </form>
  )
}
