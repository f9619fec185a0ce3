import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { LimitedServer } from './limited-server.ts'
import { created, written } from './models.ts'

/** As a quota does, it fails otherwise than a full disk. Of a running process; bytes, or 'unlimited'. */
function limitFiles({ pid }: LimitedServer, bytes: number | 'unlimited'): void {
  execFileSync('prlimit', ['--pid', String(pid), `--fsize=${bytes}:unlimited`])
}

it.runIf(process.platform === 'linux')(
  'refuses what a limit on the size of files does not let it keep, until that is raised',
  { timeout: 60_000 },
  async () => {
    const server = await LimitedServer.start()
    expect((await server.post(created({ id: '1' }))).status).toBe(200)
    limitFiles(server, 1)
    for (const action of [created({ id: '2' }), written('x'.repeat(30_000))])
      expect(await server.post(action)).toMatchObject({ status: 503, body: { code: 'store-failed' } })
    expect(server.log.join('')).toContain('look for a quota, a limit on the size of files, or a failing disk')
    expect((await server.get('readyz')).status).toBe(503)
    expect(await server.get('records/order/1')).toMatchObject({ status: 200, body: { version: 1 } })

    limitFiles(server, 'unlimited')
    expect((await server.get('readyz')).status).toBe(200)
    expect((await server.post(created({ id: '2' }))).status).toBe(200)
    expect(await server.get('records/order/2')).toMatchObject({ body: { version: 1 } })
  },
)
