import { defineModel } from '@foldback/core'
import { act, cleanup } from '@testing-library/react'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  created,
  models,
  noteSlice,
  orderSlice,
  renamed,
  themeSlice,
} from '../../../test-support/order-models.ts'
import { OrderWorld } from '../../../test-support/order-world.ts'
import { actFor, renderUser } from '../../../test-support/render-user.tsx'
import type { StoreUser } from '../../../test-support/store-user.ts'
import { useCollection } from './use-collection.ts'
import { usePending } from './use-pending.ts'
import { useRecord } from './use-record.ts'

const [orders, note, theme] = models
let world: OrderWorld
let ann: StoreUser

beforeEach(async () => {
  vi.spyOn(console, 'error')
  world = await OrderWorld.start()
  await world.foreign(created('1'))
  ann = await world.connected({ limits: { keepMs: 1_000 } })
})

afterEach(() => {
  cleanup()
  // React reports there what was done outside act, and what it finds torn.
  expect(console.error).not.toHaveBeenCalled()
  vi.restoreAllMocks()
})

function Order({ id, onRender }: { id: string; onRender?: () => void }) {
  const order = useRecord(orders, id)
  onRender?.()
  return <p>{order === undefined ? 'loading' : order === null ? 'none' : order.customer}</p>
}

describe('a mistake that only the type checker would see', () => {
  beforeEach(() => void vi.mocked(console.error).mockImplementation(() => {}))
  afterEach(() => void vi.mocked(console.error).mockClear())

  it('is named: an id that is missing, which must not become a subscription to all', () => {
    const missing = undefined as unknown as string
    expect(() => renderUser(ann, <Order id={missing} />)).toThrow(/useRecord of order needs an id/)
  })

  it('is named: useCollection of a model that is one record', () => {
    function Notes() {
      return <p>{useCollection(note as unknown as typeof orders)?.length}</p>
    }
    expect(() => renderUser(ann, <Notes />)).toThrow(/use useRecord for the others/)
  })

  it('is named: a model that the sync does not have', () => {
    const stranger = defineModel({ ...noteSlice, name: 'stranger' })
    function Stranger() {
      return <p>{useRecord(stranger).text}</p>
    }
    expect(() => renderUser(ann, <Stranger />)).toThrow(/createSync was given no model stranger/)
  })
})

describe('useRecord', () => {
  it('is null for an id that no record can have, as an address may bring it', async () => {
    const page = renderUser(ann, <Order id="" />)
    expect(page.text).toBe('none')
    await actFor(world)
    expect(page.text).toBe('none')
    expect(ann.sync.status.error).toBeUndefined()
  })

  it('is undefined until the record is there, and then live', async () => {
    const page = renderUser(ann, <Order id="1" />)
    expect(page.text).toBe('loading')
    await actFor(world)
    expect(page.text).toBe('Ada')
    await act(() => world.foreign(renamed('1', 'Zoe')))
    await actFor(world)
    expect(page.text).toBe('Zoe')
    await act(() => world.foreign(orderSlice.actions.deleted({ id: '1' })))
    await actFor(world)
    expect(page.text).toBe('none')
  })

  it('is null for a record that does not exist, and the record when it is created', async () => {
    const page = renderUser(ann, <Order id="2" />)
    await actFor(world)
    expect(page.text).toBe('none')
    await act(() => world.foreign(created('2', 'Zoe')))
    await actFor(world)
    expect(page.text).toBe('Zoe')
  })

  it.each(['constructor', 'toString', 'hasOwnProperty'])(
    'takes the id %s for an id like any other',
    async (id) => {
      const page = renderUser(ann, <Order id={id} />)
      expect(page.text).toBe('loading')
      await actFor(world)
      expect(page.text).toBe('none')
    },
  )

  it('shows one’s own change at once, offline too', async () => {
    const page = renderUser(ann, <Order id="1" />)
    await actFor(world)
    act(() => ann.sync.disconnect())
    act(() => void ann.dispatch(renamed('1', 'Eve')))
    expect(page.text).toBe('Eve')
  })

  it('takes back what the server refuses', async () => {
    const page = renderUser(ann, <Order id="1" />)
    await actFor(world)
    act(() => void ann.dispatch(renamed('1', 'refused')))
    expect(page.text).toBe('refused')
    await actFor(world)
    expect(page.text).toBe('Ada')
  })

  it('is not rendered again when one’s own action is accepted', async () => {
    const onRender = vi.fn()
    const page = renderUser(ann, <Order id="1" onRender={onRender} />, { isStrict: false })
    await actFor(world)
    onRender.mockClear()
    act(() => void ann.dispatch(renamed('1', 'Eve')))
    expect(onRender).toHaveBeenCalledTimes(1)
    await actFor(world, 10_000)
    expect(ann.sync.status.pending).toBe(0)
    expect(onRender).toHaveBeenCalledTimes(1)
    expect(page.text).toBe('Eve')
  })

  it('is not rendered again for other records', async () => {
    const onRender = vi.fn()
    renderUser(ann, <Order id="1" onRender={onRender} />, { isStrict: false })
    await actFor(world)
    onRender.mockClear()
    act(() => void ann.dispatch(created('2')))
    await act(() => world.foreign(created('3'), noteSlice.actions.written('hello')))
    await actFor(world)
    expect(onRender).not.toHaveBeenCalled()
  })

  it('is rendered once for all that a frame brings', async () => {
    const onRender = vi.fn()
    renderUser(ann, <Order id="1" onRender={onRender} />, { isStrict: false })
    await actFor(world)
    onRender.mockClear()
    await act(() => world.foreign(renamed('1', 'Zoe'), renamed('1', 'Yan'), renamed('1', 'Xu')))
    await actFor(world)
    expect(onRender).toHaveBeenCalledTimes(1)
  })

  it('follows its id', async () => {
    await world.foreign(created('2', 'Bea'))
    const page = renderUser(ann, <Order id="1" />)
    await actFor(world)
    page.show(<Order id="2" />)
    expect(page.text).toBe('loading')
    await actFor(world)
    expect(page.text).toBe('Bea')
  })

  it('lets the record go a while after the last component has gone', async () => {
    const page = renderUser(
      ann,
      <>
        <Order id="1" />
        <Order id="1" />
      </>,
    )
    await actFor(world)
    page.show(<Order id="1" />)
    await actFor(world, 10_000)
    expect(ann.order('1')).toBeDefined()
    page.unmount()
    await actFor(world, 999)
    expect(ann.order('1')).toBeDefined()
    await actFor(world, 1)
    expect(ann.order('1')).toBeUndefined()
  })

  it('finds the record still there when a page is left and come back to', async () => {
    const page = renderUser(ann, <Order id="1" />)
    await actFor(world)
    page.show(<p>another page</p>)
    await actFor(world, 500)
    page.show(<Order id="1" />)
    expect(page.text).toBe('Ada')
    await actFor(world, 10_000)
    expect(page.text).toBe('Ada')
  })

  it('is the state of a shared model, and of the user’s own', async () => {
    function Both() {
      return (
        <p>
          {useRecord(note).text}/{useRecord(theme).color}
        </p>
      )
    }
    const page = renderUser(ann, <Both />)
    expect(page.text).toBe('/grey')
    act(() => void ann.dispatch(themeSlice.actions.painted('red')))
    await act(() => world.foreign(noteSlice.actions.written('hello'), themeSlice.actions.painted('zoe’s')))
    await actFor(world)
    expect(page.text).toBe('hello/red')
  })

  it('shows one record and one answer everywhere, whatever comes in between', async () => {
    const seen: string[] = []
    function Twin() {
      const first = useRecord(orders, '1')
      const second = useRecord(orders, '1')
      const pending = usePending(orders, '1')
      if (first !== second) seen.push('torn')
      if (pending.length === 0 && first?.customer === 'Eve') seen.push('settled')
      return null
    }
    renderUser(ann, <Twin />)
    await actFor(world)
    act(() => void ann.dispatch(renamed('1', 'Eve')))
    await act(() => world.foreign(noteSlice.actions.written('hello')))
    await actFor(world)
    expect(seen).not.toContain('torn')
    expect(seen).toContain('settled')
  })
})
