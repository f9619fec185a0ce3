import { useState, type FormEvent } from 'react'
import { fieldErrors, focusFirstWrong } from '../field-errors.ts'
import { newOrderId } from '../ids.ts'
import { payloads } from '../model/payloads.ts'
import { salesOrderSlice } from '../model/sales-order.ts'
import { navigate, orderHref } from '../router.ts'
import { useAppDispatch } from '../store.ts'
import { Field } from './field.tsx'
import { Modal } from './modal.tsx'

export function NewOrderDialog({ onClose }: { onClose: () => void }) {
  const dispatch = useAppDispatch()
  const [customer, setCustomer] = useState('')
  const [errors, setErrors] = useState<Record<string, string>>({})

  const create = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const order = { id: newOrderId(), customer: customer.trim() }
    const checked = payloads.created.safeParse(order)
    const wrong = fieldErrors(checked)
    setErrors(wrong)
    if (!checked.success) return focusFirstWrong(event.currentTarget, wrong)
    dispatch(salesOrderSlice.actions.created(order))
    onClose()
    navigate(orderHref(order.id))
  }

  return (
    <Modal title="New order" onClose={onClose}>
      <form onSubmit={create} noValidate>
        <Field
          label="Customer"
          name="customer"
          value={customer}
          error={errors['customer']}
          onChange={(event) => {
            setCustomer(event.target.value)
            setErrors({})
          }}
        />
        <div className="modal-actions">
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="button primary-button">
            Create order
          </button>
        </div>
      </form>
    </Modal>
  )
}
