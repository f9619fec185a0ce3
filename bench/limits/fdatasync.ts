import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { answerCalls } from '../answering.ts'
import type { Values } from '../measurement.ts'

/* How long the disk takes to say that a page is safe. */

const pageBytes = 4096
/** The file has its size from the beginning, so that only data are to be written, as in a log that is used again. */
const pageCount = 1024

answerCalls({
  run({ folder, seconds }: { readonly folder: string; readonly seconds: number }): Values {
    const file = openSync(join(folder, 'pages'), 'w')
    writeSync(file, Buffer.alloc(pageBytes * pageCount))
    fdatasyncSync(file)
    const page = Buffer.alloc(pageBytes, 'a')
    const times: number[] = []
    const endsAt = performance.now() + seconds * 1_000
    while (performance.now() < endsAt) {
      writeSync(file, page, 0, pageBytes, (times.length % pageCount) * pageBytes)
      const began = performance.now()
      fdatasyncSync(file)
      times.push((performance.now() - began) * 1_000)
    }
    closeSync(file)
    times.sort((a, b) => a - b)
    return { p50Microseconds: times[Math.floor(times.length / 2)]! }
  },
})
