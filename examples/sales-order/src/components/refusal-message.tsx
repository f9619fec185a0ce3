import { useState, type MouseEvent, type ReactNode } from 'react'
import { correctionOf } from '../correction.ts'
import type { Refusal } from '../refusal.ts'
import { useAmends } from '../refusals.ts'
import { useAppSelector } from '../store.ts'
import { CorrectionDialog } from './correction-dialog.tsx'

interface RefusalMessageProps {
  refusal: Refusal
  /** Said aloud at once, where it has just happened. */
  isAlert?: boolean
  /** Where and when it was, where that is not to be seen otherwise. */
  children?: ReactNode
}

/** What did not happen and why, and what can be done about it. */
export function RefusalMessage({ refusal, isAlert = false, children }: RefusalMessageProps) {
  const { retry, edit, discard } = useAmends()
  const board = useAppSelector((state) => state.board)
  const salesOrder = useAppSelector((state) => state.salesOrder)
  const correction = correctionOf(refusal.action, { board, salesOrder })
  const [isEditing, setEditing] = useState(false)

  const dealing = (way: (refusal: Refusal) => void) => (event: MouseEvent) => {
    // The pressed button is gone then; the keyboard goes on from here.
    event.currentTarget.closest('main')?.focus({ preventScroll: true })
    way(refusal)
  }

  return (
    <div className="refusal" data-testid="refusal">
      {children}
      <p role={isAlert ? 'alert' : undefined}>
        <strong>{refusal.title}</strong> {refusal.message}
      </p>
      <div className="refusal-actions">
        <button type="button" className="quiet-button" onClick={dealing(retry)}>
          Try again
        </button>
        {correction && (
          <button type="button" className="quiet-button" onClick={() => setEditing(true)}>
            Edit
          </button>
        )}
        <button type="button" className="quiet-button" onClick={dealing(discard)}>
          Discard
        </button>
      </div>
      {isEditing && correction && (
        <CorrectionDialog
          correction={correction}
          title={refusal.title}
          message={refusal.message}
          onSend={(action) => edit(refusal, action)}
          onClose={() => setEditing(false)}
        />
      )}
    </div>
  )
}
