import { useState } from 'react'
import { useUserName } from '../user.ts'
import { AccountDialog } from './account-dialog.tsx'

export function AccountButton() {
  const name = useUserName()
  // Whose it is: the dialog closes when somebody else comes, here or in another tab.
  const [opened, setOpened] = useState<{ name: string | undefined }>()
  if (opened && opened.name !== name) setOpened(undefined)
  return (
    <>
      <button type="button" className="account" aria-haspopup="dialog" onClick={() => setOpened({ name })}>
        <svg className="account-icon" viewBox="0 0 16 16" aria-hidden="true">
          <circle cx="8" cy="5.5" r="2.75" />
          <path d="M2.75 14a5.25 5.25 0 0 1 10.5 0" />
        </svg>
        <span className="account-name" dir="auto">
          {name ?? 'Sign in'}
        </span>
      </button>
      {opened && <AccountDialog onClose={() => setOpened(undefined)} />}
    </>
  )
}
