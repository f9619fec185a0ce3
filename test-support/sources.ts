import { readdirSync, readFileSync } from 'node:fs'

const packages = new URL('../packages/', import.meta.url)

/** The compiled file of a name, where conditions make no difference or none of them holds. */
function compiledFile(target: unknown): string {
  if (typeof target === 'string') return target
  return compiledFile((target as { readonly default: unknown }).default)
}

function sourcesOf(name: string): [string, string][] {
  const folder = new URL(`${name}/`, packages)
  const { exports, imports = {} } = JSON.parse(readFileSync(new URL('package.json', folder), 'utf8')) as {
    readonly exports: { readonly [path: string]: unknown }
    readonly imports?: { readonly [path: string]: unknown }
  }
  const named = [
    ...Object.entries(exports).map(
      ([path, target]) => [`@foldback/${name}${path.slice(1)}`, target] as const,
    ),
    ...Object.entries(imports),
  ]
  return named.map(([path, target]) => {
    const source = compiledFile(target).replace('/dist/', '/src/').replace(/\.js$/, '.ts')
    return [path, new URL(source, folder).pathname]
  })
}

/**
 * Where the source is of everything that a package exports, or imports of itself by a `#name`: tests run on the
 * sources, so that an edit shows without a build. Longer names come before those that they begin with.
 */
export const sources: { readonly [name: string]: string } = Object.fromEntries(
  readdirSync(packages)
    .flatMap(sourcesOf)
    .sort(([a], [b]) => b.length - a.length),
)
