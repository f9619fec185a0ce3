// `node --import ./scripts/run-on-sources.mjs file.ts` runs a file on the packages' TypeScript sources, without a build.
import { registerHooks } from 'node:module'
import { pathToFileURL } from 'node:url'
import { sources } from '../test-support/sources.ts'

registerHooks({
  resolve(specifier, context, nextResolve) {
    const source = sources[specifier]
    return nextResolve(source === undefined ? specifier : pathToFileURL(source).href, context)
  },
})
