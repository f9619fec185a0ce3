import { WebSocket } from 'ws'
import type { Frame } from './paced-frames.ts'

/** Who hears of what happens to a WebSocket. */
export interface SocketListener {
  arrived(frame: Frame): void
  /** ws closes it after, and that is all there is to do about it. */
  failed(fault: NodeJS.ErrnoException): void
  ended(closeCode: number): void
}

/** A WebSocket with one who listens: so all of them have the same functions as listeners, and idle ones take no more. */
export class ServedSocket extends WebSocket {
  listener: SocketListener | undefined

  serve(listener: SocketListener): void {
    this.listener = listener
    this.on('message', onMessage)
    this.on('ping', onPing)
    this.on('error', onError)
    this.on('close', onClose)
  }
}

function onMessage(this: WebSocket, data: WebSocket.RawData, isBinary: boolean): void {
  listenerOf(this)?.arrived({ data: data as Buffer, kind: isBinary ? 'binary' : 'text' })
}

function onPing(this: WebSocket, data: Buffer): void {
  listenerOf(this)?.arrived({ data, kind: 'ping' })
}

function onError(this: WebSocket, fault: Error): void {
  listenerOf(this)?.failed(fault)
}

function onClose(this: WebSocket, closeCode: number): void {
  listenerOf(this)?.ended(closeCode)
}

function listenerOf(socket: WebSocket): SocketListener | undefined {
  return (socket as ServedSocket).listener
}
