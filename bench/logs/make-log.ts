import { answerCalls } from '../answering.ts'
import { BulkLog } from './bulk-log.ts'
import { type Contents, longStreams, orders, totals } from './contents.ts'

/* A process that makes a log, and then ends: what it takes in memory is of no harm to what is measured. */

export type LogKind =
  | { readonly kind: 'orders'; readonly events: number }
  | { readonly kind: 'totals'; readonly events: number; readonly streams: number }
  | { readonly kind: 'longStreams' }

function contentsOf(wanted: LogKind): Contents {
  if (wanted.kind === 'orders') return orders(wanted.events)
  if (wanted.kind === 'totals') return totals(wanted.events, wanted.streams)
  return longStreams()
}

answerCalls({
  async make({ path, ...wanted }: LogKind & { readonly path: string }) {
    const { model, write } = contentsOf(wanted)
    const log = await BulkLog.make(path, model)
    write(log)
    log.close()
  },
})
