import { createHash } from 'node:crypto'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

const notSources = new Set(['node_modules', 'dist', 'data'])
const isTest = (/** @type {string} */ name) => /\.test(-d)?\.tsx?$/.test(name)

/**
 * One hash over names, sizes and modification times: contents would take longer to read than to trust. A touched
 * file costs one needless build; an edited one is never missed.
 *
 * @param {string} root
 * @param {string[]} paths files and folders, relative to root
 */
export function fingerprint(root, paths) {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}\n`)
  for (const path of paths) addTo(hash, join(root, path))
  return hash.digest('hex')
}

/**
 * @param {import('node:crypto').Hash} hash
 * @param {string} path
 */
function addTo(hash, path) {
  const stats = statSync(path, { throwIfNoEntry: false })
  if (!stats) return
  if (!stats.isDirectory()) {
    hash.update(`${path} ${stats.size} ${stats.mtimeMs}\n`)
    return
  }
  for (const name of readdirSync(path).sort()) {
    if (!notSources.has(name) && !isTest(name) && !name.endsWith('.tsbuildinfo'))
      addTo(hash, join(path, name))
  }
}

/** @param {string} root */
export function isCompiled(root) {
  const packages = join(root, 'packages')
  return readdirSync(packages).every((name) => existsSync(join(packages, name, 'dist', 'index.js')))
}
