import { PassThrough } from 'node:stream'
import { defineModel } from '@foldback/core'
import { memoryStore } from '@foldback/testkit'
import { createSlice, type PayloadAction } from '@reduxjs/toolkit'
import { pino } from 'pino'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createServer } from './create-server.ts'
import type { ServerOptions } from './server-options.ts'

const slice = createSlice({
  name: 'dice',
  initialState: { value: 0 },
  reducers: { thrown: (_dice, { payload }: PayloadAction<number>) => ({ value: Math.random() * payload }) },
})
const models = [defineModel(slice)] as const

/** What the server logs when the dice are thrown twice. */
async function loggedWith(
  options: Pick<ServerOptions<typeof models>, 'development' | 'rules'>,
): Promise<readonly Record<string, unknown>[]> {
  const stream = new PassThrough()
  const server = await createServer({
    models,
    store: memoryStore(),
    log: pino({ level: 'warn' }, stream),
    ...options,
  })
  const { port } = await server.listen(0)
  const body = JSON.stringify([slice.actions.thrown(6), slice.actions.thrown(6)])
  const response = await fetch(`http://localhost:${port}/actions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  })
  expect(response.ok).toBe(true)
  const metrics = await (await fetch(`http://localhost:${port}/metrics`)).text()
  expect(metrics).not.toMatch(/foldback_incidents_total\{.*\} [1-9]/)
  await server.close()
  const text = String((stream.read() as Buffer | null) ?? '')
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}

afterEach(() => void vi.unstubAllEnvs())

describe('a reducer that uses chance', () => {
  const named = {
    level: 40,
    model: 'dice',
    actionType: 'dice/thrown',
    actionId: expect.any(String),
    msg: expect.stringMatching(/reducer of dice uses chance \(Math\.random\) on dice\/thrown.*`prepare`/),
  }

  it('is logged once, as a warning and not as an incident, without the payload', async () => {
    const logged = await loggedWith({})
    expect(logged).toEqual([expect.objectContaining(named)])
    expect(JSON.stringify(logged)).not.toContain('payload":')
  })

  it('is not looked for in production, unless it is asked for', async () => {
    vi.stubEnv('NODE_ENV', 'production')
    expect(await loggedWith({})).toEqual([])
    expect(await loggedWith({ development: { comparedValuesMax: 10 } })).toEqual([
      expect.objectContaining(named),
    ])
  })

  it('is not looked for when development is switched off', async () => {
    expect(await loggedWith({ development: false })).toEqual([])
  })
})

describe('a rule that says no without a reason', () => {
  const said = (log: readonly Record<string, unknown>[]) =>
    log.filter(({ msg }) => String(msg).includes('returned false'))

  /** What is logged when two actions are refused. */
  async function refusedWith(development: boolean): Promise<readonly Record<string, unknown>[]> {
    const guard = (() => false) as unknown as () => string
    return said(await loggedWith({ development, rules: { dice: { guard } } }))
  }

  it('is logged once in development, without the payload', async () => {
    const logged = await refusedWith(true)
    expect(logged).toEqual([
      expect.objectContaining({
        level: 40,
        model: 'dice',
        actionType: 'dice/thrown',
        msg: expect.stringMatching(/^guard of dice returned false on dice\/thrown.*what to do next/),
      }),
    ])
    expect(JSON.stringify(logged)).not.toContain('payload":')
  })

  it('is not logged otherwise', async () => {
    expect(await refusedWith(false)).toEqual([])
  })
})

it('an option of development that there is not is refused by name', async () => {
  const development = { comparedMax: 1 } as object
  await expect(createServer({ models, store: memoryStore(), development })).rejects.toThrow(
    'development has no option comparedMax',
  )
})
