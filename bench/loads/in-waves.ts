/** Fewer than what waits to be accepted by a listening socket, or to be authenticated, at one time. */
const waveSize = 200

/** Makes so many, not all at once. */
export async function inWaves<Made>(count: number, make: (index: number) => Promise<Made>): Promise<Made[]> {
  const made: Made[] = []
  while (made.length < count) {
    const first = made.length
    const size = Math.min(waveSize, count - first)
    made.push(...(await Promise.all(Array.from({ length: size }, (_, index) => make(first + index)))))
  }
  return made
}
