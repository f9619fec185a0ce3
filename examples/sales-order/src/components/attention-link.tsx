import { formatCount } from '../money.ts'
import { useAttentionCount } from '../refusals.ts'
import { attentionHref } from '../router.ts'

/** The way to what needs attention, while something does. */
export function AttentionLink({ isCurrent }: { isCurrent: boolean }) {
  const count = useAttentionCount()
  if (count === 0) return null
  return (
    <a
      className="attention-link"
      href={attentionHref}
      aria-label={formatCount(count, 'change needs attention', 'changes need attention')}
      aria-current={isCurrent ? 'page' : undefined}
    >
      <span className="attention-count">{count}</span>
      <span className="attention-words">Needs attention</span>
    </a>
  )
}
