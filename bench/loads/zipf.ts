import { lineOf, linesPerOrder } from '../model.ts'
import { totalName } from '../logs/contents.ts'
import { Zipf } from '../zipf.ts'
import { answerLoad, type LoadOptions } from './answer-load.ts'
import { inWaves } from './in-waves.ts'
import { LaneClient } from './lane-client.ts'

/* Lines for orders that are in the log already, chosen by Zipf's law, one action in a frame. */

const lineTexts = Array.from({ length: linesPerOrder }, (_, index) => JSON.stringify(lineOf(index + 1)))

class ZipfTexts {
  readonly #zipf: Zipf
  #count = 0

  constructor(zipf: Zipf) {
    this.#zipf = zipf
  }

  next(meta = ''): string {
    const line = lineTexts[(this.#count += 1) % linesPerOrder]
    return `{"type":"salesOrder/lineAdded","payload":{"id":"${totalName(this.#zipf.next())}","line":${line}}${meta}}`
  }
}

interface ZipfLoadOptions extends LoadOptions {
  readonly streams: number
}

answerLoad(({ port, clients, streams }: ZipfLoadOptions) => {
  const zipf = new Zipf(streams)
  return inWaves(clients, async (index) => {
    const client = await LaneClient.connect({ port, index, batches: false, texts: new ZipfTexts(zipf) })
    return client.listen()
  })
})
