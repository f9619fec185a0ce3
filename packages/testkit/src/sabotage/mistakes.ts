import type { Mistake } from './mistake.ts'
import { clientQueueMistakes } from './mistakes/client-queue.ts'
import { clientRecordMistakes } from './mistakes/client-records.ts'
import { coreMistakes } from './mistakes/core.ts'
import { serverSessionMistakes } from './mistakes/server-sessions.ts'
import { serverTurnMistakes } from './mistakes/server-turns.ts'

/** Every deliberate mistake that the simulator must find. */
export const mistakes: readonly Mistake[] = [
  ...coreMistakes,
  ...serverTurnMistakes,
  ...serverSessionMistakes,
  ...clientQueueMistakes,
  ...clientRecordMistakes,
]

export function mistakeNamed(name: string): Mistake | undefined {
  return mistakes.find((mistake) => mistake.name === name)
}
