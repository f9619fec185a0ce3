import type { Action, StampedAction } from '@foldback/core'
import { createSync } from '@foldback/client'
import { fileOutbox } from '@foldback/client/file'
import { SeededRandom } from '@foldback/testkit'
import { configureStore } from '@reduxjs/toolkit'
import type { DeviceMessage } from './device.ts'
import { models, orders } from './models.ts'
import { anyAction } from './workload.ts'

/*
 * A program with a Redux store and a queue in a file, which is killed: `client.ts <outbox> <url> <user> <seed>`. It
 * tells its parent of each action that is safe and of each outcome as soon as it knows, and rests when it is told to.
 */

const pendingMax = 20
const dispatchMs = 8

const [, , path, url, user, seed] = process.argv
const tell = (message: DeviceMessage): void => void process.send!(message)

const sync = createSync({
  url: url!,
  models,
  outbox: fileOutbox(path!),
  token: () => user,
  limits: { retryMsMin: 20, retryMsMax: 200, checkMs: 500 },
  onDiverged: ({ model, id }) => tell({ type: 'diverged', record: `${model}/${id ?? ''}` }),
  development: false,
})
const store = configureStore({
  reducer: { ...sync.reducers },
  middleware: (all) => all({ serializableCheck: false, immutableCheck: false }).concat(sync.middleware),
})

type Stamped = Pick<Action & StampedAction, 'type' | 'meta'>

const watched = new Set<string>()
const safe = new Set<string>()
const idOf = ({ meta }: Stamped) => meta.foldback.id

/** Also of those that the process before this one has left behind. */
function watch(action: Stamped): void {
  const id = idOf(action)
  if (watched.has(id)) return
  watched.add(id)
  void sync.settled(action).then(({ accepted }) => tell({ type: accepted ? 'accepted' : 'refused', id }))
}

function look(): void {
  const { status } = sync
  const pending = sync.pending()
  for (const action of pending) watch(action)
  if (status.storage === 'durable' && status.queued === pending.length) {
    for (const id of pending.map(idOf)) {
      if (safe.has(id)) continue
      safe.add(id)
      tell({ type: 'queued', id })
    }
  }
  for (const rejection of sync.rejected) {
    tell({ type: 'refused', id: idOf(rejection.action) })
    sync.discard(rejection)
  }
}

const random = new SeededRandom(Number(seed))
const working = setInterval(() => {
  if (sync.status.pending >= pendingMax) return
  try {
    store.dispatch({ ...anyAction(random) })
  } catch {
    // What does not fold here, such as an action for an order that is gone, is not queued at all.
  }
}, dispatchMs)

process.on('message', ({ type }: { readonly type: 'rest' | 'show' }) => {
  if (type === 'rest') clearInterval(working)
  else {
    const { order, stock, notebook } = store.getState()
    const { phase, pending } = sync.status
    tell({
      type: 'shown',
      isSettled: phase === 'connected' && pending === 0,
      records: { order: order.entities, stock, notebook },
    })
  }
})
process.once('disconnect', () => process.exit())
sync.onChange(look)
sync.subscribe(orders)
sync.connect()
