import { createHash } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

/** @typedef {{ name: string, state: () => string, outputs: () => boolean }} Step */

// Inside node_modules, so that a fresh install forgets everything with it.
const stampOf = (/** @type {string} */ root, /** @type {string} */ name) =>
  join(root, 'node_modules', '.cache', 'foldback', `${name}.stamp`)

/**
 * @param {string} root
 * @param {Step} step
 */
export function isDone(root, step) {
  return contentOf(stampOf(root, step.name)) === step.state() && step.outputs()
}

/**
 * @param {string} root
 * @param {Step} step
 */
export function markDone(root, step) {
  const stamp = stampOf(root, step.name)
  mkdirSync(dirname(stamp), { recursive: true })
  writeFileSync(stamp, step.state())
}

/**
 * One at a time: `npm start` in one terminal and `npm test` in the next must not install into the same folder
 * at once. The lock lies outside the clone and names its process, so that one left by a killed process is ignored.
 *
 * @param {string} root
 * @param {() => Promise<void>} work
 */
export async function exclusively(root, work) {
  const name = createHash('sha256').update(root).digest('hex').slice(0, 16)
  const lock = join(tmpdir(), `foldback-prepare-${name}.lock`)
  let hasSaidSo = false
  while (!take(lock)) {
    if (!isRunning(Number(contentOf(lock)))) {
      rmSync(lock, { force: true })
      continue
    }
    if (!hasSaidSo) console.log('foldback: waiting for another terminal that is preparing this clone …')
    hasSaidSo = true
    await pause(200)
  }
  try {
    await work()
  } finally {
    rmSync(lock, { force: true })
  }
}

/**
 * A hard link appears whole: nobody can read a lock that does not name its process yet.
 *
 * @param {string} lock
 */
function take(lock) {
  const own = `${lock}.${process.pid}`
  writeFileSync(own, String(process.pid))
  try {
    linkSync(own, lock)
    return true
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EEXIST') return false
    throw error
  } finally {
    rmSync(own)
  }
}

/** @param {number} processId */
function isRunning(processId) {
  if (!processId) return false
  try {
    process.kill(processId, 0)
    return true
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM'
  }
}

/** @param {string} path */
function contentOf(path) {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
