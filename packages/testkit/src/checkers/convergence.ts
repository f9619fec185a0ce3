import type { History } from '../workload/history.ts'
import { orderIds } from '../workload/history-models.ts'
import type { HistoryPage } from '../workload/history-page.ts'
import type { Checker } from './checker.ts'
import { holdEqual } from './promises.ts'

/** Promise 4: with nothing pending, every page shows what the server has of what it wants and may read. */
export const convergence: Checker = {
  promise: 4,
  ended: async (history) => {
    // All fold alike here, whatever was under way when states were compared.
    holdEqual(
      4,
      'told to have diverged',
      history.world.incidents.filter(({ code }) => code === 'diverged'),
      [],
    )
    for (const page of history.devices.flatMap(({ pages }) => pages)) await checkPage(history, page)
  },
}

async function checkPage(history: History, page: HistoryPage): Promise<void> {
  const actor = page.sync.status.actor!
  const entities: { [id: string]: unknown } = {}
  for (const [order, id] of orderIds.entries()) {
    if (!page.wants(order)) continue
    const state = await history.recordFor(actor, 'order', id)
    if (state !== null) entities[id] = state
  }
  holdEqual(4, `what page ${page.number} shows`, page.shown, {
    order: entities,
    board: await history.recordFor(actor, 'board', 'shared'),
    settings: await history.recordFor(actor, 'settings', actor),
  })
}
