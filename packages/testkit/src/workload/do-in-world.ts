import type { UnknownAction } from '@reduxjs/toolkit'
import { StoreBackup } from '../simulation/store-backup.ts'
import type { History } from './history.ts'
import { orderIds, orderSlice } from './history-models.ts'
import type { WorldStep } from './steps.ts'

/** How long a server lives on that another has taken over from, at most. */
const supersededMsMax = 1_500
const stormRounds = 5
const stormPauseMsMax = 80
const somebody = { actor: 'zoe', claims: {} }

/** Lets something happen to the server or the network, or lets somebody else do something. */
export async function doInWorld(history: History, step: WorldStep): Promise<void> {
  const { world, chronicle } = history
  switch (step.do) {
    case 'wait':
      return world.run(step.ms)
    case 'foreign':
      return void world.engine.submit([foreignAction(history, step)], somebody)
    case 'read':
      return read(history, step)
    case 'keyed':
      return submitKeyed(history, step.key)
    case 'crash':
      chronicle.happened(step.how === 'power' ? 'server: power lost' : 'server: crash')
      return history.restart(step.how)
    case 'take over':
      return takeOver(history)
    case 'disk':
      return setDisk(history, step.disk)
    case 'cut all':
      chronicle.happened('network: all connections cut')
      return world.network.cutAll()
    case 'storm':
      return storm(history)
    case 'mislead all':
      chronicle.happened(`network: half-open, ${step.way}`)
      return world.network.misleadAll(step.way)
    case 'back up':
      history.backup = new StoreBackup(world.memory)
      return
    case 'restore':
      chronicle.happened('server: restored from a backup')
      return history.restart('power', history.backup ?? new StoreBackup(world.memory))
    case 'deploy':
      return history.deploy()
  }
}

function foreignAction(
  history: History,
  { order, hiddenFrom }: WorldStep & { do: 'foreign' },
): UnknownAction {
  const id = orderIds[order]!
  const { hidden, lineAdded } = orderSlice.actions
  return hiddenFrom === undefined
    ? lineAdded({ id, line: history.newText('foreign') })
    : hidden({ id, hiddenFrom })
}

/** Somebody reads a record by HTTP, and the board. */
function read(history: History, { order }: WorldStep & { do: 'read' }): void {
  const refs = [
    { model: 'order', id: orderIds[order]! },
    { model: 'board', id: 'shared' },
  ]
  for (const ref of refs) {
    const { version } = history.world.serverModels.find(({ name }) => name === ref.model)!
    history.world.engine.queries.record(somebody, ref).then(
      (record) => {
        history.chronicle.happened('server: read from outside')
        history.watch((watcher) => watcher.answered?.(record, version))
      },
      // It may be hidden, or not there.
      () => {},
    )
  }
}

/** An action that comes by HTTP with a key of its own, and again with the same key when nobody has heard what became of it. */
function submitKeyed({ world, chronicle, ledger }: History, key: number): void {
  const name = `key ${key}`
  const action = orderSlice.actions.created({ id: orderIds[0], hiddenFrom: '' })
  void world.engine.submit([action], somebody, name).then(([settlement]) => {
    if (
      settlement === undefined ||
      (settlement.status === 'refused' && settlement.refusal.finality !== 'final')
    )
      return
    chronicle.happened(
      settlement.isDuplicate ? 'server: a key told its first outcome' : 'server: a key settled',
    )
    ledger.keyed(name, settlement.status)
  })
}

/** The server is thought dead, and another takes over; for a while the first one does not know. */
async function takeOver(history: History): Promise<void> {
  const { world, chronicle, random } = history
  chronicle.happened('server: a standby takes over')
  await history.startServer()
  world.clock.after(random.below(supersededMsMax), () => world.endSuperseded())
}

function setDisk({ world, chronicle }: History, disk: (WorldStep & { do: 'disk' })['disk']): void {
  chronicle.happened(`disk: ${disk}`)
  world.disk.isFull = disk === 'full'
  world.disk.setPace(disk === 'slow' || disk === 'stuck' ? disk : 'usual')
}

/** All connections end, and again as soon as they are back. */
async function storm({ world, chronicle, random }: History): Promise<void> {
  chronicle.happened('network: reconnect storm')
  for (let round = 0; round < stormRounds; round++) {
    world.network.cutAll()
    await world.run(random.below(stormPauseMsMax))
  }
}
