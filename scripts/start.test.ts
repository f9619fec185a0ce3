import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))

async function freePort(): Promise<number> {
  const probe = createServer().listen(0)
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  return port
}

describe('npm start', () => {
  let dataDir: string
  let npm: ChildProcess
  let output = ''
  let address: string

  beforeEach(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'foldback-start-'))
    const port = await freePort()
    address = `http://localhost:${port}`
    output = ''
    npm = spawn('npm', ['start'], {
      cwd: root,
      env: { ...process.env, PORT: String(port), DATA_DIR: dataDir },
    })
    npm.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()))
    npm.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()))
    await vi.waitUntil(() => output.includes(address), { timeout: 60_000 })
  }, 70_000)
  afterEach(() => {
    npm.kill('SIGKILL')
    rmSync(dataDir, { recursive: true })
  })

  it('serves the page at the address on its last line, and ends with npm', async () => {
    await vi.waitFor(() => expect(output.trimEnd().split('\n').at(-1)).toContain(address))
    const page = await fetch(address)
    expect(page.status).toBe(200)
    expect(await page.text()).toContain('<script type="module"')

    npm.kill('SIGTERM')
    const isGone = expect.objectContaining({ cause: expect.objectContaining({ code: 'ECONNREFUSED' }) })
    await vi.waitFor(() => expect(fetch(address)).rejects.toEqual(isGone), { timeout: 10_000 })
  }, 30_000)
})
