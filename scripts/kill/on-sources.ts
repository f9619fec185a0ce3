import { registerHooks } from 'node:module'
import { pathToFileURL } from 'node:url'
import { sources } from '../../test-support/sources.ts'

// Preloaded by each process of a kill run (`node --import`): packages are taken from their sources, without a build.
registerHooks({
  resolve: (name, context, next) => {
    const source = sources[name]
    return next(source === undefined ? name : pathToFileURL(source).href, context)
  },
})
