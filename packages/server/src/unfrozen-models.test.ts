import { defineModel } from '@foldback/core'
import { createNextState, createSlice, type PayloadAction } from '@reduxjs/toolkit'
import { setAutoFreeze } from 'immer'
import { expect, it, onTestFinished } from 'vitest'
import { RunningServer } from '../../../test-support/running-server.ts'

const slice = createSlice({
  name: 'board',
  initialState: { notes: [] as { text: string }[] },
  reducers: {
    noted: (board, { payload }: PayloadAction<{ text: string }>) => void board.notes.push(payload),
    failed: (board) => {
      board.notes.push({ text: 'never seen' })
      throw new Error('no')
    },
  },
})
const { noted, failed } = slice.actions

/** A server with a rule that looks whether the board is frozen, once it has a note. */
async function started(development: boolean) {
  const frozen: boolean[] = []
  const server = await RunningServer.start({
    models: [defineModel(slice)],
    development,
    rules: {
      board: {
        guard: (board) => {
          if (board!.notes.length > 0) frozen.push(Object.isFrozen(board) && Object.isFrozen(board!.notes))
        },
      },
    },
  })
  return { server, frozen }
}

const isFreezing = (): boolean =>
  Object.isFrozen(createNextState({ count: 0 }, (draft) => void draft.count++))

it('in production records are folded without the freezing of Immer, which others in the process keep', async () => {
  const { server, frozen } = await started(false)
  for (const text of ['a', 'b', 'c']) await server.post(noted({ text }))
  expect(frozen).toEqual([false, false])
  expect((await server.get('/records/board/shared')).body).toMatchObject({
    state: { notes: [{}, {}, { text: 'c' }] },
  })
  expect(isFreezing()).toBe(true)
})

it('others keep it, too, after a reducer that throws', async () => {
  const { server } = await started(false)
  await server.post(noted({ text: 'a' }))
  expect((await server.post(failed())).body).toMatchObject({ code: 'reducer-threw' })
  expect(isFreezing()).toBe(true)
})

it('in development records are frozen, so that a rule that changes one is found', async () => {
  const { server, frozen } = await started(true)
  for (const text of ['a', 'b']) await server.post(noted({ text }))
  expect(frozen).toEqual([true])
})

it('an application that has switched freezing off is left with that', async () => {
  setAutoFreeze(false)
  onTestFinished(() => setAutoFreeze(true))
  const { server } = await started(false)
  await server.post(noted({ text: 'a' }))
  expect(isFreezing()).toBe(false)
})
