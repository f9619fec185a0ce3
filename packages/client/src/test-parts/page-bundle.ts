import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import { sources } from '../../../../test-support/sources.ts'

const pathOf = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url))

/** The app of `browser-page.ts` with the packages' sources, as one production script. */
export async function bundlePage(): Promise<string> {
  const built = await build({
    configFile: false,
    root: pathOf('.'),
    mode: 'production',
    logLevel: 'error',
    define: { 'process.env.NODE_ENV': '"production"' },
    resolve: { alias: sources },
    build: {
      write: false,
      minify: false,
      target: 'es2023',
      rolldownOptions: { input: pathOf('browser-page.ts') },
    },
  })
  if (Array.isArray(built) || !('output' in built)) throw new Error('Vite was to make one bundle.')
  return built.output[0].code
}
