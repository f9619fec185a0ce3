import { answerCalls } from '../answering.ts'
import { closedLoop, type LoadClient, roundTrips } from './closed-loop.ts'

/** What a load is told when it is to connect. */
export interface LoadOptions {
  readonly port: number
  readonly clients: number
}

/** A load's file is this and a way to connect: it answers `connect`, `run`, `roundTrips` and `disconnect`. */
export function answerLoad(connect: (options: never) => Promise<readonly LoadClient[]>): void {
  let clients: readonly LoadClient[] = []
  answerCalls({
    async connect(options: never) {
      clients = await connect(options)
    },
    run: ({ inFlight, seconds }: { readonly inFlight: number; readonly seconds: number }) =>
      closedLoop(clients, inFlight, seconds),
    roundTrips: ({ seconds }: { readonly seconds: number }) => roundTrips(clients[0]!, seconds),
    async disconnect() {
      await Promise.all(clients.map((client) => client.close()))
    },
  })
}
