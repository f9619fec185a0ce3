import type { IncomingMessage } from 'node:http'
import { FoldbackError } from '@foldback/core'

/** How many times the allowed bytes are read and thrown away, so that the sender gets to read why. */
const hardLimitFactor = 4

/** More than anybody is patient for is coming: the connection cannot be used any further. */
export class BodyTooLarge extends FoldbackError {
  constructor() {
    super('frame-too-large')
  }
}

/**
 * The whole body as text. `onRead` is told of all bytes that come, also when they are too many.
 * @throws FoldbackError `frame-too-large` (as BodyTooLarge when there is still more to come), `not-json` when it is
 * not UTF-8; another error when the sender has gone.
 */
export async function readBody(
  request: IncomingMessage,
  bytesMax: number,
  onRead: (bytes: number) => void,
): Promise<string> {
  const bytes = await readBytes(request, bytesMax, onRead)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new FoldbackError('not-json', 'it is not UTF-8')
  }
}

function readBytes(
  request: IncomingMessage,
  bytesMax: number,
  onRead: (bytes: number) => void,
): Promise<Buffer> {
  const chunks: Buffer[] = []
  let bytesRead = 0
  return new Promise((resolve, reject) => {
    request.on('data', (chunk: Buffer) => {
      bytesRead += chunk.length
      onRead(chunk.length)
      if (bytesRead <= bytesMax) chunks.push(chunk)
      else if (bytesRead > bytesMax * hardLimitFactor) {
        request.pause()
        reject(new BodyTooLarge())
      }
    })
    request.on('end', () => {
      if (bytesRead > bytesMax) reject(new FoldbackError('frame-too-large'))
      else resolve(Buffer.concat(chunks))
    })
    request.on('error', reject)
    request.on('close', () => reject(new Error('the sender has gone')))
  })
}
