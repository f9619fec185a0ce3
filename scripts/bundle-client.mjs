// Makes of the compiled client what a page in production loads of it, for size-limit to weigh: see .size-limit.json.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'

const root = fileURLToPath(new URL('..', import.meta.url))
// Also where somebody's shell says otherwise.
process.env.NODE_ENV = 'production'

const folder = join(root, 'node_modules', '.cache', 'foldback', 'size')

/** What an app imports, by the name of its bundle. */
const apps = {
  'client-with-indexeddb': ['createSync', 'indexedDb'],
  'client-without-outbox': ['createSync'],
}

/** @param {string} code of the only module of the app */
const appOf = (code) => ({
  name: 'app',
  resolveId: (/** @type {string} */ id) => (id === 'virtual:app' ? id : undefined),
  load: (/** @type {string} */ id) => (id === 'virtual:app' ? code : undefined),
})

mkdirSync(folder, { recursive: true })
for (const [name, imports] of Object.entries(apps)) {
  const code = `
    import { ${imports.join(', ')} } from '@foldback/client'
    import { defineModel } from '@foldback/core'
    globalThis.used = [${imports.join(', ')}, defineModel]`
  const built = await build({
    root,
    configFile: false,
    logLevel: 'error',
    mode: 'production',
    plugins: [appOf(code)],
    build: {
      write: false,
      target: 'es2024',
      modulePreload: false,
      rolldownOptions: { input: 'virtual:app' },
    },
  })
  if (!('output' in built)) throw new Error('Vite has not given one bundle.')
  writeFileSync(join(folder, `${name}.js`), built.output[0].code)
}
