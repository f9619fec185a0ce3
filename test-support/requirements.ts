// What tests need that a fresh machine may lack. A test file says so in its name: `editing.browser.test.ts` needs
// what is listed under `browser` here. Where it is missing the file's tests are skipped by name, with the reason and
// the command that enables them; `FOLDBACK_REQUIRE=browser` (a comma list) makes missing it a failure.
import { spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'

export interface Requirement {
  /** The executable's path, or undefined when this machine has none. */
  readonly find: () => string | undefined
  readonly missing: string
  readonly enabledBy: string
}

export const requirements = {
  browser: {
    find: () => {
      const given = process.env['CHROMIUM']
      // Whoever names one means that one.
      if (given !== undefined && given !== '') return firstExecutable([given])
      return firstExecutable(['/usr/bin/chromium', ...onPath('chromium', 'google-chrome')])
    },
    missing: 'no Chromium found',
    enabledBy: 'sudo apt-get install chromium, or set CHROMIUM=/path',
  },
  tmpfs: {
    find: () => firstExecutable(onPath('unshare').filter(canMount)),
    missing: 'no tmpfs can be mounted',
    enabledBy: 'run as root with the right to mount, or allow user namespaces',
  },
} satisfies Record<string, Requirement>

export type RequirementName = keyof typeof requirements

export const requirementNames = Object.keys(requirements) as RequirementName[]

/** The executable that a `*.<name>.test.ts` file may count on. Call it inside a hook or a test. */
export function executableOf(name: RequirementName): string {
  const { find, missing, enabledBy } = requirements[name]
  const path = find()
  if (path === undefined) throw new Error(`${missing}; ${enabledBy}`)
  return path
}

/** The names in FOLDBACK_REQUIRE. One that nothing is listed under is kept: asking for it must fail, not pass. */
export function requiredNames(commaList: string | undefined = process.env['FOLDBACK_REQUIRE']): string[] {
  const names = (commaList ?? '').split(',').map((name) => name.trim())
  return names.filter((name) => name !== '')
}

function firstExecutable(candidates: readonly string[]): string | undefined {
  return candidates.find(isExecutable)
}

function onPath(...names: string[]): string[] {
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  return names.flatMap((name) => folders.map((folder) => join(folder, name)))
}

/** Namespaces of its own: whatever is mounted there goes with the process, and nobody else sees it. */
export const inOwnNamespace = ['--user', '--map-root-user', '--mount'] as const

function canMount(unshare: string): boolean {
  const tried = spawnSync(unshare, [...inOwnNamespace, 'mount', '-t', 'tmpfs', 'tmpfs', tmpdir()])
  return tried.status === 0
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
