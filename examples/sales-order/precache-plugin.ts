import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Plugin } from 'vite'

const workerName = 'service-worker.js'

/**
 * Tells the service worker, in front of its script, which files the build has, and a version that changes with what
 * is in them or in the script. Looks at the folder as it was written: what is in it is what the server has.
 */
export function precache(): Plugin {
  return {
    name: 'precache',
    apply: 'build',
    writeBundle({ dir = '' }) {
      const names = filesIn(dir)
      const hash = createHash('sha256')
      for (const name of names) hash.update(`${name}\0`).update(readFileSync(join(dir, name)))
      const paths = names.filter((name) => name !== workerName).map((name) => `/${name}`)
      const version = hash.digest('hex').slice(0, 16)
      const worker = join(dir, workerName)
      const script = readFileSync(worker, 'utf8')
      writeFileSync(worker, `self.precache=${JSON.stringify({ version, paths })};\n${script}`)
    },
  }
}

/** Paths relative to the folder, with slashes, in an order of their own. */
function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(folder, name)).isFile())
    .map((name) => name.replaceAll('\\', '/'))
    .sort()
}
