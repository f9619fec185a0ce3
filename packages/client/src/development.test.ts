import { sources } from '../../../test-support/sources.ts'
import { defineModel } from '@foldback/core'
import { SimulatedWorld } from '@foldback/testkit'
import { configureStore, createSlice, type PayloadAction } from '@reduxjs/toolkit'
import { build } from 'vite'
import { describe, expect, it, vi } from 'vitest'
import { createSync } from './create-sync.ts'

const slice = createSlice({
  name: 'note',
  initialState: null as { id: string; at: number } | null,
  reducers: { written: (_note, { payload }: PayloadAction<string>) => ({ id: payload, at: Date.now() }) },
})
const notes = defineModel(slice, { streamId: ({ payload }) => payload })
const { written } = slice.actions

type Options = Parameters<SimulatedWorld<[typeof notes]>['makeClient']>[1]

async function pageOf(options?: Options) {
  const world = new SimulatedWorld([notes], { seed: 1 })
  await world.startServer()
  const sync = world.makeClient('ann', options)
  const store = configureStore({
    reducer: { ...sync.reducers },
    middleware: (getDefault) => getDefault().concat(sync.middleware),
  })
  sync.connect()
  return { world, sync, store }
}

describe('a reducer that reads the clock', () => {
  it('is named once with what to do, when it is dispatched to and not again when it settles', async () => {
    const { world, sync, store } = await pageOf()
    const action = store.dispatch(written('1'))
    expect(world.warnings).toEqual([
      expect.stringMatching(/reducer of note reads the clock \(Date\.now\) on note\/written.*`prepare`/),
    ])
    store.dispatch(written('2'))
    await world.waitFor(sync.settled(action))
    expect(world.warnings).toHaveLength(1)
    // The models that the application knows are the ones it gave.
    expect(sync.models[0]).toBe(notes)
    expect(sync.record(notes, '1')).toMatchObject({ id: '1' })
  })

  it('is named when only somebody else’s action shows it', async () => {
    const { world, sync } = await pageOf()
    sync.subscribe(notes)
    await world.runUntil(() => sync.isLoaded(notes))
    await world.waitFor(world.engine.submit([written('3')], { actor: 'zoe', claims: {} }))
    await world.run(1_000)
    expect(world.warnings).toEqual([expect.stringContaining('Date.now')])
  })

  it('is not looked for when development is switched off, or in production', async () => {
    for (const [NODE_ENV, options] of [
      ['test', { development: false }],
      ['production', {}],
      ['production', { development: true }],
    ] as const) {
      vi.stubEnv('NODE_ENV', NODE_ENV)
      try {
        const { world, store } = await pageOf(options)
        store.dispatch(written('1'))
        expect(world.warnings).toEqual([])
      } finally {
        vi.unstubAllEnvs()
      }
    }
  })
})

it('an option of development that there is not is refused by name', () => {
  const development = { comparedMax: 1 } as object
  expect(() => createSync({ url: 'ws://nowhere', models: [notes], development })).toThrow(
    'development has no option comparedMax',
  )
})

/** What Vite makes of an application that has only this client. */
async function bundleFor(NODE_ENV: string): Promise<string> {
  const entry = 'virtual:application'
  const built = await build({
    configFile: false,
    logLevel: 'silent',
    define: { 'process.env.NODE_ENV': JSON.stringify(NODE_ENV) },
    resolve: { alias: sources },
    build: { write: false, rolldownOptions: { input: entry } },
    plugins: [
      {
        name: 'application',
        resolveId: (id) => (id === entry ? entry : undefined),
        load: (id) =>
          id === entry
            ? "import { createSync } from '@foldback/client'; globalThis.sync = createSync({ url: 'ws://a', models: [], development: true })"
            : undefined,
      },
    ],
  })
  const { output } = built as { output: readonly ({ type: 'chunk'; code: string } | { type: 'asset' })[] }
  return output.map((part) => (part.type === 'chunk' ? part.code : '')).join('')
}

describe('what a bundler makes', () => {
  const marks = ['reads the clock', 'getTimezoneOffset', 'comparedValuesMax', '__REDUX_DEVTOOLS_EXTENSION__']

  it('has the help in it for development', async () => {
    const code = await bundleFor('development')
    expect(marks.filter((mark) => !code.includes(mark))).toEqual([])
  })

  it('has nothing of it for production, whatever the options say', async () => {
    const code = await bundleFor('production')
    expect(code).toContain('createSync has no option')
    expect(marks.filter((mark) => code.includes(mark))).toEqual([])
  })
})
