// Brings a clone to where `npm start` and `npm test` can run: packages installed, code compiled, the example's
// page built. What is already there is left alone, so that a second run costs a fraction of a second.
// Plain JavaScript without dependencies, because on a fresh machine it runs before anything is installed, and
// on the Node that happens to be there.
import { existsSync, readFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { exclusively, isDone, markDone } from './prepare/done.mjs'
import { packagesMatchLockfile, pinnedNode, pinnedNodeRuns } from './prepare/packages.mjs'
import { run } from './prepare/run.mjs'
import { fingerprint, isCompiled } from './prepare/sources.mjs'

const oldestNode = 20
const root = dirname(dirname(fileURLToPath(import.meta.url)))
const example = join(root, 'examples', 'sales-order')

const installed = {
  name: 'packages',
  state: () => fingerprint(root, ['package-lock.json', 'node_modules/.package-lock.json']),
  outputs: () => existsSync(pinnedNode(root)),
  async make() {
    // After `npm install` by hand everything is right, only not yet known to be.
    if (packagesMatchLockfile(root) && pinnedNodeRuns(root)) return
    const command = existsSync(join(root, 'package-lock.json')) ? 'ci' : 'install'
    // --include=dev: NODE_ENV=production in somebody's shell must not leave the compiler out.
    await run('installing packages (once, about half a minute)', {
      command: process.platform === 'win32' ? 'npm.cmd' : 'npm',
      args: [command, '--include=dev', '--loglevel=error', '--no-audit', '--no-fund'],
      cwd: root,
      env: { ...process.env, PATH: pathWithoutOwnTools() },
      ifItFails: `Is the network there? When it is, \`npm ${command}\` shows what npm says about it.`,
    })
    if (!pinnedNodeRuns(root)) {
      throw new Error(
        'foldback: the packages are installed, but the Node that they bring does not run. When npm is set not to ' +
          'run install scripts, `npm rebuild node --ignore-scripts=false` brings it.',
      )
    }
  },
}

const compiled = {
  name: 'compiled',
  state: () => fingerprint(root, ['packages', 'tsconfig.base.json', 'tsconfig.build.json']),
  outputs: () => isCompiled(root),
  make: () =>
    run('compiling', {
      command: pinnedNode(root),
      args: [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-b', 'tsconfig.build.json'],
      cwd: root,
      env: process.env,
      ifItFails: 'Correct what the compiler names above, then run the same command again.',
    }),
}

const pageBuilt = {
  name: 'page',
  state: () => fingerprint(root, ['packages', 'examples/sales-order']),
  outputs: () => existsSync(join(example, 'dist', 'index.html')),
  make: () =>
    run("building the example's page", {
      command: pinnedNode(root),
      args: [join(root, 'node_modules', 'vite', 'bin', 'vite.js'), 'build', '--logLevel', 'warn'],
      cwd: example,
      // Whatever is set in the shell (Vitest sets `test`): the page is the one that users get.
      env: { ...process.env, NODE_ENV: 'production' },
      ifItFails: 'Correct what Vite names above in examples/sales-order, then run the same command again.',
    }),
}

/** npm must not run on the Node inside the folder that it is about to replace. */
function pathWithoutOwnTools() {
  const ownTools = join(root, 'node_modules', '.bin')
  return (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => folder !== ownTools)
    .join(delimiter)
}

async function prepare() {
  const steps = [installed, compiled, pageBuilt]
  if (steps.every((step) => isDone(root, step))) return
  await exclusively(root, async () => {
    for (const step of steps) {
      if (isDone(root, step)) continue
      await step.make()
      markDone(root, step)
    }
  })
}

if (Number.parseInt(process.versions.node, 10) < oldestNode) {
  const pinned = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).devDependencies.node
  console.error(
    `foldback: this is Node ${process.versions.node}; Node ${oldestNode} or later is needed to begin with ` +
      `(the repository then brings its own ${pinned}). https://nodejs.org has it.`,
  )
  process.exit(1)
}
try {
  await prepare()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
}
