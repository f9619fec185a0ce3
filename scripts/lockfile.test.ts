import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

interface LockedPackage {
  readonly resolved?: string
  readonly link?: boolean
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

const lockfile = readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8')
const packages = Object.entries<LockedPackage>(JSON.parse(lockfile).packages)
const paths = new Set(packages.map(([path]) => path))

describe('package-lock.json', () => {
  it('names no registry, so that it installs from whichever one npm is set to', () => {
    expect(packages.filter(([, { resolved, link }]) => resolved !== undefined && !link)).toEqual([])
  })

  it('lists the optional packages of every platform, without which `npm ci` refuses', () => {
    const missing = packages.flatMap(([path, { optionalDependencies }]) =>
      Object.keys(optionalDependencies ?? {}).filter(
        (name) => !paths.has(`node_modules/${name}`) && !paths.has(`${path}/node_modules/${name}`),
      ),
    )
    expect(missing).toEqual([])
  })
})
