import { boardHref, ordersHref, stockHref, type Route } from '../router.ts'
import { AccountButton } from './account-button.tsx'
import { AttentionLink } from './attention-link.tsx'
import { ConnectionStatus } from './connection-status.tsx'

const pages: readonly { href: string; label: string; holds: readonly Route['page'][] }[] = [
  { href: ordersHref, label: 'Orders', holds: ['orders', 'order'] },
  { href: boardHref, label: 'Board', holds: ['board'] },
  { href: stockHref, label: 'Stock', holds: ['stock'] },
]

export function AppHeader({ page, onSkip }: { page: Route['page']; onSkip: () => void }) {
  return (
    <header className="app-header">
      <button type="button" className="skip button" onClick={onSkip}>
        Skip to the content
      </button>
      <a className="app-name" href={ordersHref}>
        <svg className="app-mark" viewBox="0 0 16 16" aria-hidden="true">
          <rect width="16" height="16" rx="3.5" />
          <path d="M4 5h8M4 8h8M4 11h5" />
        </svg>
        <span className="app-name-text">Sales orders</span>
      </a>
      <nav className="app-pages" aria-label="Pages">
        {pages.map(({ href, label, holds }) => (
          <a key={href} href={href} aria-current={holds.includes(page) ? 'page' : undefined}>
            {label}
          </a>
        ))}
      </nav>
      <ConnectionStatus />
      <div className="app-tools">
        <AttentionLink isCurrent={page === 'attention'} />
        <AccountButton />
      </div>
    </header>
  )
}
