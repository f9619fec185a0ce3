import { type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Server as HttpsServer } from 'node:https'
import type { Socket } from 'node:net'
import type { LimitWatch } from './limit-watch.ts'

const statusByCode: { readonly [code: string]: number } = {
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
}

/** Answers what never becomes a request, as Node does by itself, and counts what takes too long to become one. */
export function watchSlowRequests(server: Server | HttpsServer, watch: LimitWatch): void {
  /** Those whose headers have come. */
  const inBody = new WeakSet<Socket>()
  server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    inBody.add(socket)
    response.on('close', () => inBody.delete(socket))
  })
  server.on('clientError', (fault: NodeJS.ErrnoException, socket: Socket) => {
    const status = statusByCode[fault.code ?? ''] ?? 400
    if (status === 408) watch.reached(inBody.has(socket) ? 'requestMsMax' : 'headersMsMax')
    if (socket.writable && fault.code !== 'ECONNRESET')
      socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nconnection: close\r\n\r\n`)
    socket.destroySoon()
  })
}
