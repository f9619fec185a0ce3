import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const lockfile = 'package-lock.json'
/** npm writes here, last of all, what it has really installed. */
const installedLockfile = 'node_modules/.package-lock.json'

/**
 * Whether node_modules holds what package-lock.json asks for. Compared package by package rather than by a
 * stamp alone: whoever ran `npm install` by hand must not wait for everything to be installed again.
 *
 * @param {string} root
 */
export function packagesMatchLockfile(root) {
  if (!existsSync(join(root, lockfile)) || !existsSync(join(root, installedLockfile))) return false
  const wanted = packagesIn(join(root, lockfile))
  const installed = packagesIn(join(root, installedLockfile))
  return Object.entries(wanted).every(([path, { version, integrity, optional, link }]) => {
    // Optional ones are for other platforms; workspaces are folders of this repository.
    if (optional || !path.startsWith('node_modules/')) return true
    const found = installed[path]
    if (!found || !existsSync(join(root, path))) return false
    return link || (found.version === version && found.integrity === integrity)
  })
}

/**
 * @param {string} path
 * @returns {Record<string, { version?: string, integrity?: string, optional?: boolean, link?: boolean }>}
 */
function packagesIn(path) {
  return JSON.parse(readFileSync(path, 'utf8')).packages
}

/** @param {string} root */
export function pinnedNode(root) {
  return join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
}

/**
 * The right version, and built for this machine: node_modules may have been copied from another.
 *
 * @param {string} root
 */
export function pinnedNodeRuns(root) {
  const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const { stdout } = spawnSync(pinnedNode(root), ['--version'], { encoding: 'utf8' })
  return stdout?.trim() === `v${devDependencies.node}`
}
