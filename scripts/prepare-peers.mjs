// Brings what `npm run bench` measures Foldback against, after scripts/prepare.mjs: the packages of bench/package.json.
// Where they cannot be had, that is said, and the benchmark goes on without them.
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { exclusively, isDone, markDone } from './prepare/done.mjs'
import { packagesMatchLockfile } from './prepare/packages.mjs'
import { run } from './prepare/run.mjs'
import { fingerprint } from './prepare/sources.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const bench = join(root, 'bench')

const installed = {
  name: 'peers',
  state: () => fingerprint(bench, ['package-lock.json', 'node_modules/.package-lock.json']),
  outputs: () => existsSync(join(bench, 'node_modules')),
  async make() {
    if (packagesMatchLockfile(bench)) return
    await run('installing the packages that bench/ compares with (once, about a minute)', {
      command: process.platform === 'win32' ? 'npm.cmd' : 'npm',
      args: ['ci', '--loglevel=error', '--no-audit', '--no-fund'],
      cwd: bench,
      env: process.env,
      ifItFails:
        'What needs them is left out. When the network is there, `npm ci` in bench/ shows what npm says.',
    })
  },
}

try {
  await exclusively(root, async () => {
    if (isDone(root, installed)) return
    await installed.make()
    markDone(root, installed)
  })
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
}
