import { decodeFrame, defineModel } from '@foldback/core'
import { SimulatedWorld } from '@foldback/testkit'
import { configureStore, createSlice, type PayloadAction } from '@reduxjs/toolkit'
import { expect, it } from 'vitest'

const countSlice = createSlice({
  name: 'count',
  initialState: 0,
  reducers: { added: (count, { payload }: PayloadAction<number>) => Math.max(count + 1, payload) },
})
const models = [defineModel(countSlice)] as const
const { added } = countSlice.actions
const quietChecks = { serializableCheck: false, immutableCheck: false }

/** A user who was offline for long comes back to a server, which takes 100 actions in a second. */
async function comeBackWith(count: number): Promise<{ sentCount: number; largest: number; tookMs: number }> {
  const limits = { actionsPerSecondMax: 100, actionsBurstMax: 500 }
  const world = new SimulatedWorld(models, { seed: 1, limits })
  await world.startServer()
  const sync = world.makeClient('ann', { limits: { sentMax: 400 } })
  const store = configureStore({
    reducer: { ...sync.reducers },
    middleware: (getDefault) => getDefault(quietChecks).concat(sync.middleware),
    devTools: false,
  })
  for (let n = 0; n < count; n++) store.dispatch(added(n))
  let sentCount = 0
  let largest = 0
  world.network.observe = ({ direction, text }) => {
    if (direction === 'down') return
    const messages = decodeFrame(text) as readonly { type: string; actions?: readonly unknown[] }[]
    const inFrame = messages.reduce((sum, { actions = [] }) => sum + actions.length, 0)
    sentCount += inFrame
    largest = Math.max(largest, inFrame)
  }
  const began = world.clock.now()
  sync.connect()
  await world.runUntil(() => sync.status.phase === 'connected' && sync.status.pending === 0)
  expect(store.getState().count).toBe(count)
  expect(world.memory.log).toHaveLength(count)
  return { sentCount, largest, tookMs: world.clock.now() - began }
}

it('a long queue is sent as fast as the server takes it, and hardly twice', async () => {
  const { sentCount, largest, tookMs } = await comeBackWith(2_000)
  expect(largest).toBeLessThanOrEqual(400)
  expect(sentCount).toBeLessThan(2 * 2_000)
  // At the least 15 seconds, for 1,500 behind the first 500.
  expect(tookMs).toBeLessThan(25_000)
})
