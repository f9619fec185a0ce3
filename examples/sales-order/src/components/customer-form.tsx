import { useEffect, useRef, useState, type FormEvent } from 'react'
import { fieldErrors } from '../field-errors.ts'
import { payloads } from '../model/payloads.ts'
import { salesOrderSlice, type SalesOrder } from '../model/sales-order.ts'
import { useAppDispatch } from '../store.ts'
import { Field } from './field.tsx'

/** Enter saves, Escape leaves the customer as it is. */
export function CustomerForm({ order, onClose }: { order: SalesOrder; onClose: () => void }) {
  const dispatch = useAppDispatch()
  const [customer, setCustomer] = useState(order.customer)
  const [errors, setErrors] = useState<Record<string, string>>({})
  const form = useRef<HTMLFormElement>(null)
  useEffect(() => form.current?.querySelector('input')?.select(), [])

  const close = () => {
    const header = form.current?.parentElement
    onClose()
    requestAnimationFrame(() => header?.querySelector<HTMLElement>('.customer-edit')?.focus())
  }

  const save = (event: FormEvent) => {
    event.preventDefault()
    const payload = { id: order.id, customer: customer.trim() }
    const checked = payloads.customerChanged.safeParse(payload)
    if (!checked.success) return setErrors(fieldErrors(checked))
    if (payload.customer !== order.customer) dispatch(salesOrderSlice.actions.customerChanged(payload))
    close()
  }

  return (
    <form
      ref={form}
      className="customer-form"
      onSubmit={save}
      onKeyDown={(event) => event.key === 'Escape' && close()}
      noValidate
    >
      <Field
        label="Customer"
        className="customer-field"
        value={customer}
        error={errors['customer']}
        onChange={(event) => setCustomer(event.target.value)}
      />
      <button type="submit" className="button primary-button">
        Save
      </button>
      <button type="button" className="button" onClick={close}>
        Cancel
      </button>
    </form>
  )
}
