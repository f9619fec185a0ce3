import { registerHooks } from 'node:module'

/* Loaded first by a process of a test: the packages that it imports are their sources. */

registerHooks({
  resolve: (specifier, context, next) => {
    const [, name] = /^@foldback\/(\w+)$/.exec(specifier) ?? []
    const source = new URL(`../../../${name}/src/index.ts`, import.meta.url)
    return name === undefined ? next(specifier, context) : next(source.href, context)
  },
})
