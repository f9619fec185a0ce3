import { answerLoad, type LoadOptions } from './answer-load.ts'
import { inWaves } from './in-waves.ts'
import { LaneClient } from './lane-client.ts'

/* Actions to a Foldback server by the sync protocol. */

interface FoldbackLoadOptions extends LoadOptions {
  readonly batches: boolean
}

answerLoad(({ port, clients, batches }: FoldbackLoadOptions) =>
  inWaves(clients, async (index) => (await LaneClient.connect({ port, index, batches })).listen()),
)
