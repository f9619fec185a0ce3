import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

interface LockedPackage {
  readonly resolved?: string
  readonly link?: boolean
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

describe.each(['package-lock.json', 'bench/package-lock.json'])('%s', (path) => {
  const lockfile = readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')
  const packages = Object.entries<LockedPackage>(JSON.parse(lockfile).packages)
  const paths = new Set(packages.map(([name]) => name))

  it('names no registry, so that it installs from whichever one npm is set to', () => {
    expect(packages.filter(([, { resolved, link }]) => resolved !== undefined && !link)).toEqual([])
  })

  it('lists the optional packages of every platform, without which `npm ci` refuses', () => {
    const missing = packages.flatMap(([parent, { optionalDependencies }]) =>
      Object.keys(optionalDependencies ?? {}).filter(
        (name) => !paths.has(`node_modules/${name}`) && !paths.has(`${parent}/node_modules/${name}`),
      ),
    )
    expect(missing).toEqual([])
  })
})

it("measures with the repository's own version of ws, so that a bare echo is compared like with like", () => {
  const read = (path: string) => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'))
  expect(read('../bench/package.json').dependencies.ws).toBe(read('../package.json').devDependencies.ws)
})
