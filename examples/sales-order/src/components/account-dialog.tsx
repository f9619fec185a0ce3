import { useSyncStatus } from '@foldback/react'
import { useState, type FormEvent } from 'react'
import { useIsLeaving } from '../loaded.ts'
import { userName } from '../model/user-name.ts'
import { formatCount } from '../money.ts'
import { signIn } from '../sign-in.ts'
import { useUserName } from '../user.ts'
import { Field } from './field.tsx'
import { Modal } from './modal.tsx'
import { ThemeChoice } from './theme-choice.tsx'

export function AccountDialog({ onClose }: { onClose: () => void }) {
  const name = useUserName()
  const { pending } = useSyncStatus()
  return (
    <Modal title={name ?? 'Who are you?'} onClose={onClose}>
      {name === undefined ? (
        <SignInForm pending={pending} onClose={onClose} />
      ) : (
        <SignedIn pending={pending} />
      )}
      <ThemeChoice />
      <div className="modal-actions">
        <button type="button" className="button" onClick={onClose}>
          Close
        </button>
      </div>
    </Modal>
  )
}

function SignInForm({ pending, onClose }: { pending: number; onClose: () => void }) {
  const [name, setName] = useState('')
  const [error, setError] = useState<string>()

  const enter = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const checked = userName.safeParse(name)
    if (!checked.success) {
      setError(checked.error.issues[0]?.message)
      return event.currentTarget.querySelector('input')?.focus()
    }
    void signIn(checked.data)
    onClose()
  }

  return (
    <form className="sign-in" onSubmit={enter} noValidate>
      <p>Your changes go under your name, and your theme and filters follow you to your other devices.</p>
      <Field
        label="Your name"
        name="name"
        value={name}
        error={error}
        onChange={(event) => {
          setName(event.target.value)
          setError(undefined)
        }}
      />
      <button type="submit" className="button primary-button">
        Sign in
      </button>
      <Waiting pending={pending}>If you sign in, they wait on this device until you sign out again.</Waiting>
    </form>
  )
}

function SignedIn({ pending }: { pending: number }) {
  const isLeaving = useIsLeaving()
  return (
    <div className="sign-in">
      <p>You are signed in on this device. Your theme and filters follow you to your other devices.</p>
      <button
        type="button"
        className="button"
        aria-disabled={isLeaving}
        onClick={() => !isLeaving && void signIn(undefined)}
      >
        {isLeaving ? 'Signing out …' : 'Sign out'}
      </button>
      {isLeaving ? (
        <p className="sign-in-waiting late" role="status">
          What you wrote is being kept on this device first. If this takes long, the device may be full: free
          some space on it, and leave this page open.
        </p>
      ) : (
        <Waiting pending={pending}>
          If you sign out, they wait on this device until you sign in again.
        </Waiting>
      )}
    </div>
  )
}

/** What somebody has done is saved as theirs, and not as the next one's. */
function Waiting({ pending, children }: { pending: number; children: string }) {
  if (pending === 0) return null
  return (
    <p className="sign-in-waiting" role="status">
      {formatCount(pending, 'change is', 'changes are')} not saved yet.{' '}
      {pending === 1 ? children.replace('they wait', 'it waits') : children}
    </p>
  )
}
