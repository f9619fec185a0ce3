import { ordersHref } from '../router.ts'
import { ConnectionStatus } from './connection-status.tsx'

export function AppHeader({ onSkip }: { onSkip: () => void }) {
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
        Sales orders
      </a>
      <ConnectionStatus />
    </header>
  )
}
