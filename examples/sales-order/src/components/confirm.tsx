import type { ReactNode } from 'react'
import { Modal } from './modal.tsx'

interface ConfirmProps {
  title: string
  confirmLabel: string
  keepLabel: string
  onConfirm: () => void
  onClose: () => void
  children: ReactNode
}

export function Confirm({ title, confirmLabel, keepLabel, onConfirm, onClose, children }: ConfirmProps) {
  return (
    <Modal title={title} onClose={onClose}>
      <p>{children}</p>
      <div className="modal-actions">
        <button type="button" className="button" onClick={onClose}>
          {keepLabel}
        </button>
        <button type="button" className="button danger-button" onClick={onConfirm}>
          {confirmLabel}
        </button>
      </div>
    </Modal>
  )
}
