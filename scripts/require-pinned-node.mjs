// Loaded first by `npm start`. npm puts node_modules/.bin at the head of PATH, so `node` there is the version that
// package.json pins. Where npm skipped that (install scripts off, or another tool than npm), say so instead of
// failing on the first TypeScript file.
import { readFileSync } from 'node:fs'

const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
const pinned = manifest.devDependencies.node

if (process.versions.node !== pinned) {
  console.error(
    `foldback: this is Node ${process.versions.node}, and the repository runs on Node ${pinned}, which comes with ` +
      'its packages. Run `node scripts/prepare.mjs`, then `npm start`.',
  )
  process.exit(1)
}
