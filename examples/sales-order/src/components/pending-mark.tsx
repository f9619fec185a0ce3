/** A quiet sign that a change is on its way. It fades in late: most changes are saved before it is seen. */
export function PendingMark({ when }: { when: boolean }) {
  if (!when) return null
  return (
    <span
      className="pending-mark"
      role="img"
      aria-label="not saved yet"
      title="Not saved yet"
      data-testid="pending"
    />
  )
}
