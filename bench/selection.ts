import { createRequire } from 'node:module'
import { figures } from './figures.ts'
import type { Measurement } from './measurement.ts'

/**
 * Those that are asked for: by keys of figures, with everything that these are made of, or by parts of their names.
 * @throws Error when nothing is meant.
 */
export function selected(measurements: readonly Measurement[], only: readonly string[]): Measurement[] {
  if (only.length === 0) return [...measurements]
  const names = new Set(
    only.flatMap((word) => {
      const figure = figures.find(({ key }) => key === word)
      if (figure !== undefined) return figure.parts.map(({ measurement }) => measurement)
      const found = measurements.filter(({ name }) => name.toLowerCase().includes(word.toLowerCase()))
      if (found.length === 0) throw new Error(`No figure and no measurement is called ${word}.`)
      return found.map(({ name }) => name)
    }),
  )
  return measurements.filter(({ name }) => names.has(name))
}

/** Those that guarded figures are made of. */
export function guarded(measurements: readonly Measurement[]): Measurement[] {
  const names = new Set(
    figures
      .filter(({ isGuarded }) => isGuarded)
      .flatMap(({ parts }) => parts.map(({ measurement }) => measurement)),
  )
  return measurements.filter(({ name }) => names.has(name))
}

const { resolve } = createRequire(import.meta.url)

/** The packages that are not there, of those that it needs. */
export function missingPackages({ packages = [] }: Measurement): string[] {
  return packages.filter((name) => {
    try {
      resolve(`${name}/package.json`)
      return false
    } catch (thrown) {
      // A package may keep its package.json to itself.
      return (thrown as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND'
    }
  })
}
