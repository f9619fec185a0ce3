import { afterAll, beforeAll, expect, it } from 'vitest'
import type { PageApp } from './test-parts/browser-page.ts'
import { BrowserRig } from './test-parts/browser-rig.ts'
import { ServerProcess } from './test-parts/server-process.ts'

/*
 * A page is reloaded at each boundary of a push: before a transaction begins, when it is committed and the app has
 * not heard of it, before and after a frame is sent, before a frame that has come is read.
 */

let rig: BrowserRig

beforeAll(async () => {
  rig = await BrowserRig.start()
})
afterAll(() => rig?.close())

/**
 * Runs in the page, before the app: reloads it at the boundary of that number, once, and remembers in the session's
 * storage which that was, and whether the user had seen that the line dispatched while connected is safe.
 */
function reloadAtBoundary({ boundary, id }: { boundary: number; id: string }): void {
  const memory = sessionStorage
  const isSecondLife = memory.getItem('at') !== null
  let count = 0
  let isArmed = false
  let isDead = false

  /** True when this page does nothing any more. */
  const reached = (name: string): boolean => {
    if (isDead || !isArmed || ++count !== boundary) return isDead
    isDead = true
    memory.setItem('at', `${count} ${name}`)
    location.reload()
    return true
  }
  const stopAt = (target: EventTarget, name: string, label: string): void =>
    target.addEventListener(name, (event) => reached(label) && event.stopImmediatePropagation())

  const { transaction } = IDBDatabase.prototype
  IDBDatabase.prototype.transaction = function begin(...args) {
    // One that only reads leaves everything as it is.
    if (args[1] !== 'readwrite') return transaction.apply(this, args)
    if (reached('before write')) throw new Error('The page is gone.')
    const begun = transaction.apply(this, args)
    stopAt(begun, 'complete', 'after write')
    return begun
  }
  class StoppingSocket extends WebSocket {
    constructor(...args: ConstructorParameters<typeof WebSocket>) {
      super(...args)
      stopAt(this, 'open', 'open')
      stopAt(this, 'message', 'message')
    }
    override send(data: string): void {
      if (reached('before send')) return
      super.send(data)
      reached('after send')
    }
  }
  Object.assign(window, { WebSocket: StoppingSocket })

  /** Nothing is pending, and nothing is kept that would be sent. */
  const finish = async (sync: PageApp['sync']): Promise<void> => {
    const { phase, pending } = sync.status
    const database = await new Promise<IDBDatabase>((resolve) => {
      const opening = indexedDB.open('foldback')
      opening.addEventListener('success', () => resolve(opening.result))
    })
    const rows = transaction.call(database, 'rows', 'readonly').objectStore('rows')
    const left = await new Promise<number>((resolve) => {
      const counting = rows.count(IDBKeyRange.bound('action/', 'action/~'))
      counting.addEventListener('success', () => resolve(counting.result))
    })
    database.close()
    if (phase !== 'connected' || pending + left > 0) return void setTimeout(() => void finish(sync), 10)
    // What comes now, such as records being kept, is no part of the push.
    isArmed = false
    Object.assign(window, { isDone: !isDead })
  }

  const add = (line: string) => ({ type: 'order/lineAdded', payload: { id, line } })
  window.onApp = ({ sync, dispatch }) => {
    if (isSecondLife) {
      sync.connect()
      return void finish(sync)
    }
    let isLateDue = true
    let isLateIn = false
    sync.onChange(() => {
      const { phase, pending, queued } = sync.status
      if (!isArmed && queued === 3) {
        isArmed = true
        sync.connect()
      } else if (isLateDue && phase === 'connected') {
        isLateDue = false
        queueMicrotask(() => {
          dispatch(add('late'))
          isLateIn = true
          void finish(sync)
        })
      } else if (isLateIn && pending === queued && !isDead) memory.setItem('isLateSafe', 'yes')
    })
    dispatch({ type: 'order/created', payload: { id } })
    dispatch(add('a'))
    dispatch(add('b'))
  }
}

it('has each action in the log exactly once, wherever in a push its page was reloaded', async () => {
  const server = await ServerProcess.start()
  const boundaries: string[] = []
  for (let boundary = 1; ; boundary++) {
    const id = `o${boundary}`
    const device = await rig.device(server)
    await device.context.addInitScript(reloadAtBoundary, { boundary, id })
    const tab = await device.open({ connect: false, limits: { adoptMs: 60_000 } })
    await tab.page.waitForFunction(() => 'isDone' in window && window.isDone, undefined, { polling: 10 })
    const { at, isLateSafe } = await tab.page.evaluate(() => ({
      at: sessionStorage.getItem('at'),
      isLateSafe: sessionStorage.getItem('isLateSafe') !== null,
    }))
    const lines = await server.loggedLines(id)
    // Nobody was told that the last one is safe before it was.
    const isLateDue = at === null || isLateSafe
    const expected = isLateDue || lines.includes('late') ? ['a', 'b', 'late'] : ['a', 'b']
    expect(lines, `reloaded at ${at}`).toEqual(expected)

    await tab.shows(`${id}: ${lines.join(' ')}\n`)
    await device.close()
    if (at === null) break
    boundaries.push(at.replace(/^\d+ /, ''))
  }
  expect(boundaries).toEqual(
    expect.arrayContaining(['before write', 'after write', 'before send', 'after send', 'message']),
  )
})
