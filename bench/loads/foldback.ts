import { answerLoad, type LoadOptions } from './answer-load.ts'
import { LaneClient } from './lane-client.ts'

/* Actions to a Foldback server by the sync protocol. */

interface FoldbackLoadOptions extends LoadOptions {
  readonly batches: boolean
}

answerLoad(({ port, clients, batches }: FoldbackLoadOptions) =>
  Promise.all(
    Array.from({ length: clients }, async (_, index) =>
      (await LaneClient.connect({ port, index, batches })).listen(),
    ),
  ),
)
