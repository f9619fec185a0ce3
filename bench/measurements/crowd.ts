/** So many clients, each with so many messages on their way: the same wherever throughput is compared. */
export const crowd = { clients: 20, inFlight: 50 } as const
