import { useEffect, useRef, useState, type FormEvent } from 'react'
import { fieldErrors } from '../field-errors.ts'
import { payloads } from '../model/payloads.ts'
import { salesOrderSlice, type SalesOrder } from '../model/sales-order.ts'
import { useAppDispatch } from '../store.ts'
import { Field } from './field.tsx'

/** Others see it while it is typed. Enter ends it, Escape brings back what was there before. */
export function CustomerForm({ order, onClose }: { order: SalesOrder; onClose: () => void }) {
  const dispatch = useAppDispatch()
  const [before] = useState(order.customer)
  const [typed, setTyped] = useState(before)
  const [isShown, setShown] = useState(false)
  const form = useRef<HTMLFormElement>(null)
  useEffect(() => form.current?.querySelector('input')?.select(), [])

  const payload = { id: order.id, customer: typed.trim() }
  const checked = payloads.customerChanged.safeParse(payload)

  const type = (text: string) => {
    const customer = text.trim()
    const isNew = customer !== payload.customer
    setTyped(text)
    setShown(false)
    if (isNew && payloads.customerChanged.safeParse({ ...payload, customer }).success) change(customer)
  }
  const change = (customer: string) =>
    dispatch(salesOrderSlice.actions.customerChanged({ id: order.id, customer }))

  const close = () => {
    const header = form.current?.parentElement
    onClose()
    requestAnimationFrame(() => header?.querySelector<HTMLElement>('.customer-edit')?.focus())
  }
  const finish = (event: FormEvent) => {
    event.preventDefault()
    if (!checked.success) return setShown(true)
    close()
  }
  const cancel = () => {
    // Unless somebody else has changed it since: that is theirs.
    const isOwn = !checked.success || order.customer === payload.customer
    if (isOwn && order.customer !== before) change(before)
    close()
  }

  return (
    <form
      ref={form}
      className="customer-form"
      onSubmit={finish}
      onKeyDown={(event) => event.key === 'Escape' && cancel()}
      noValidate
    >
      <Field
        label="Customer"
        className="customer-field"
        value={typed}
        error={isShown ? fieldErrors(checked)['customer'] : undefined}
        onChange={(event) => type(event.target.value)}
      />
      <button type="submit" className="button primary-button">
        Done
      </button>
      <button type="button" className="button" onClick={cancel}>
        Cancel
      </button>
    </form>
  )
}
