import { once } from 'node:events'
import { createServer as createHttpsServer, request } from 'node:https'
import { connect } from 'node:net'
import { connect as connectSecurely, TLSSocket } from 'node:tls'
import { createServer } from '@foldback/server'
import { memoryStore } from '@foldback/testkit'
import { describe, expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { models } from '../../../test-support/order-models.ts'
import { opening } from '../../../test-support/plain-client.ts'
import { selfSignedCertificate } from '../../../test-support/self-signed-certificate.ts'
import type { ServerOptions } from './server-options.ts'

const { key, cert } = selfSignedCertificate()

async function listen(options: Partial<ServerOptions<typeof models>>): Promise<number> {
  const server = await createServer({ models, store: memoryStore(), log: 'silent', ...options })
  onTestFinished(() => server.close())
  const { port } = await server.listen(0, '127.0.0.1')
  return port
}

/** The status of a path, by a client that trusts the certificate. */
function statusOf(port: number, path: string, headers: Record<string, string> = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, headers, ca: cert }, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    sent.on('error', reject)
    sent.end()
  })
}

async function recordBy(port: number, options = {}): Promise<string> {
  const socket = new WebSocket(`wss://127.0.0.1:${port}`, { ca: cert, ...options })
  onTestFinished(() => socket.terminate())
  await opening(socket)
  const told = new Promise<string>((resolve) =>
    socket.on('message', (data: Buffer) => resolve(data.toString())),
  )
  socket.send('{"type":"order/created","payload":{"id":"1","customer":"Ada"}}')
  return told
}

describe('a server with TLS', () => {
  it('of its own, from key and cert, has https: and wss: doors', async () => {
    const port = await listen({ tls: { key, cert } })
    expect(await recordBy(port)).toContain('foldback/record')
    expect(await statusOf(port, '/records/order/1')).toBe(200)
    await expect(fetch(`http://127.0.0.1:${port}/healthz`)).rejects.toThrow('fetch failed')
  })

  it("that is the application's has them too", async () => {
    const port = await listen({ server: createHttpsServer({ key, cert }) })
    expect(await recordBy(port)).toContain('foldback/record')
    expect(await statusOf(port, '/records/order/1')).toBe(200)
  })

  it("that is the application's shows a certificate that was renewed while it runs", async () => {
    const https = createHttpsServer(selfSignedCertificate())
    const port = await listen({ server: https })
    await expect(statusOf(port, '/healthz')).rejects.toThrow('self-signed')
    https.setSecureContext({ key, cert })
    expect(await statusOf(port, '/healthz')).toBe(200)
  })

  it('does not take a page that came without it for its own', async () => {
    const port = await listen({ tls: { key, cert } })
    expect(await statusOf(port, '/records/order', { origin: `https://127.0.0.1:${port}` })).toBe(200)
    expect(await statusOf(port, '/records/order', { origin: `http://127.0.0.1:${port}` })).toBe(403)
    const origin = `http://127.0.0.1:${port}`
    await expect(recordBy(port, { origin })).rejects.toThrow('403')
  })
})

describe('closing a server with TLS', () => {
  it.each([
    ['says nothing, not even a handshake', connect],
    [
      'is ready for its first request',
      (port: number, host: string) => connectSecurely({ port, host, ca: cert }),
    ],
  ])('does not wait for a connection that %s', async (_name, open) => {
    const server = await createServer({ models, store: memoryStore(), log: 'silent', tls: { key, cert } })
    const { port } = await server.listen(0, '127.0.0.1')
    const socket = open(port, '127.0.0.1')
    onTestFinished(() => void socket.destroy())
    socket.on('error', () => {})
    const ended = once(socket, 'close')
    await once(socket, socket instanceof TLSSocket ? 'secureConnect' : 'connect')
    expect(await statusOf(port, '/healthz')).toBe(200)
    await server.close({ withinMs: 5_000 })
    expect(server.isCutOff).toBe(false)
    await ended
  })
})

describe('options for TLS', () => {
  it.each([
    [{ key }, 'tls needs key and cert'],
    [{ key: selfSignedCertificate().key, cert }, 'tls cannot be used'],
    [{ key: 'no key', cert }, 'tls cannot be used'],
  ])('that cannot work are named', async (tls, sentence) => {
    await expect(listen({ tls })).rejects.toMatchObject({
      code: 'misconfigured',
      message: expect.stringContaining(sentence),
    })
  })

  it('are not taken beside a server that has its own', async () => {
    const options = { tls: { key, cert }, server: createHttpsServer({ key, cert }) }
    await expect(listen(options)).rejects.toMatchObject({
      code: 'misconfigured',
      message: expect.stringContaining('exclude each other'),
    })
  })
})
