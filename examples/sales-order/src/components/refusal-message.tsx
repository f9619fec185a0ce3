import { useEffect, useRef, useState, type MouseEvent, type ReactNode } from 'react'
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

const time = new Intl.DateTimeFormat('en', { timeStyle: 'short' })

/** What did not happen and why, and what can be done about it. */
export function RefusalMessage({ refusal, isAlert = false, children }: RefusalMessageProps) {
  const { retry, edit, discard } = useAmends()
  const board = useAppSelector((state) => state.board)
  const salesOrder = useAppSelector((state) => state.salesOrder)
  const correction = correctionOf(refusal.action, { board, salesOrder })
  const [isEditing, setEditing] = useState(false)
  const isAgain = refusal.tried > 0
  const ref = useFocusAgain(isAgain)

  const dealing = (way: (refusal: Refusal) => void) => (event: MouseEvent) => {
    // The pressed button is gone then; the keyboard goes on from here.
    event.currentTarget.closest('main')?.focus({ preventScroll: true })
    way(refusal)
  }

  return (
    <div ref={ref} className="refusal" data-testid="refusal" role="group" tabIndex={-1} aria-label="Refused">
      {children}
      <p role={isAlert || isAgain ? 'alert' : undefined}>
        <strong>{refusal.title}</strong> {refusal.message}
        {isAgain && refusal.at !== undefined && (
          <span className="refused-again"> Tried again, and refused at {time.format(refusal.at)}.</span>
        )}
      </p>
      <div className="refusal-actions">
        {refusal.canRetry && (
          <button type="button" className="quiet-button" onClick={dealing(retry)}>
            Try again
          </button>
        )}
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

/** What comes back refused takes up the keyboard where trying again has left it, unless it has moved on since. */
function useFocusAgain(isAgain: boolean) {
  const ref = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (isAgain && document.activeElement?.matches('main')) ref.current?.focus()
  }, [isAgain])
  return ref
}
