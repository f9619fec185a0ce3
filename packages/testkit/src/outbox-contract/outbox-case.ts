import type { OutboxStorage } from '@foldback/core'

/** A storage to be tried, not open yet. */
export interface OutboxUnderTest {
  readonly storage: OutboxStorage
  /** Another storage, not open yet, over what the first one kept; missing where nothing outlives the page. */
  reopen?(): Promise<OutboxStorage>
  cleanup?(): Promise<void>
}

export type MakeOutbox = () => Promise<OutboxUnderTest>

/** One thing that every storage must hold. `run` rejects when it does not. */
export interface OutboxCase {
  readonly name: string
  run(make: MakeOutbox): Promise<void>
}

/** @param again gives what is there after the page was opened anew; undefined where nothing outlives it. */
type Check = (storage: OutboxStorage, again: (() => Promise<OutboxStorage>) | undefined) => Promise<void>

export function outboxCase(name: string, check: Check): OutboxCase {
  return { name, run: (make) => runCase(make, check) }
}

async function runCase(make: MakeOutbox, check: Check): Promise<void> {
  const subject = await make()
  const { storage } = subject
  const again = async (): Promise<OutboxStorage> => {
    const reopened = await subject.reopen!()
    await reopened.open()
    return reopened
  }
  try {
    await storage.open()
    await check(storage, subject.reopen === undefined ? undefined : again)
  } finally {
    await subject.cleanup?.()
  }
}
