import { spawn } from 'node:child_process'

/**
 * Runs a long step calmly: one line says what it is, on a terminal with the seconds ticking, and what the
 * command prints is shown only if it fails, then all of it.
 *
 * @param {string} title
 * @param {{ command: string, args: string[], cwd: string, env: NodeJS.ProcessEnv, ifItFails: string }} step
 * @returns {Promise<void>}
 */
export async function run(title, { command, args, cwd, env, ifItFails }) {
  const startedAt = Date.now()
  const seconds = (/** @type {number} */ digits) => `${((Date.now() - startedAt) / 1000).toFixed(digits)} s`
  const line = `foldback: ${title} … `
  const isTerminal = process.stdout.isTTY
  process.stdout.write(line)
  const ticking = isTerminal && setInterval(() => process.stdout.write(`\r${line}${seconds(0)} `), 1000)
  const { code, output } = await outcomeOf(command, args, cwd, env)
  if (ticking) clearInterval(ticking)
  const end = code === 0 ? `done in ${seconds(1)}` : `failed after ${seconds(1)}`
  process.stdout.write(isTerminal ? `\r${line}${end}\n` : `${end}\n`)
  if (code !== 0) throw new Error(`${output.trimEnd()}\n\nfoldback: ${title} failed. ${ifItFails}`)
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {string} cwd
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<{ code: number | null, output: string }>}
 */
function outcomeOf(command, args, cwd, env) {
  return new Promise((resolve) => {
    let output = ''
    // Windows starts npm.cmd only through a shell.
    const child = spawn(command, args, {
      cwd,
      env,
      shell: command.endsWith('.cmd'),
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const collect = (/** @type {Buffer} */ chunk) => (output += chunk.toString())
    child.stdout.on('data', collect)
    child.stderr.on('data', collect)
    child.on('error', (error) => resolve({ code: null, output: `${output}${error.message}\n` }))
    child.on('close', (code) => resolve({ code, output }))
  })
}
