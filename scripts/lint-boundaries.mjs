// An oxlint plugin with the two walls that oxlint's own rules cannot express: an allow list of imports for each
// package, and `new Date()` without an argument. The table of walls is in oxlint.config.ts.
import { dirname, join, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

/**
 * `packages/<name>` or `examples/<name>`: the folder that a file's relative imports stay in.
 *
 * @param {string} path
 */
function packageFolder(path) {
  const [group, name] = relative(root, path).split(sep)
  return group === 'packages' || group === 'examples' ? join(group, name ?? '') : undefined
}

/**
 * @param {string} specifier
 * @param {string} name
 */
function matches(specifier, name) {
  return name.endsWith('*') ? specifier.startsWith(name.slice(0, -1)) : specifier === name
}

/**
 * Options: `{ allow?: string[] }`, the only imports there may be (`node:*` is any of Node's); without it, any. A name
 * like `#name` is of the package itself.
 */
const imports = {
  meta: { schema: [{ type: 'object', properties: { allow: { type: 'array', items: { type: 'string' } } } }] },
  create(/** @type {any} */ context) {
    const { allow } = context.options[0] ?? {}
    const home = packageFolder(context.filename)

    function check(/** @type {any} */ node, /** @type {unknown} */ specifier) {
      if (typeof specifier !== 'string') return
      if (specifier.startsWith('.')) {
        const target = packageFolder(resolve(dirname(context.filename), specifier))
        if (home && target && target !== home) {
          context.report({
            node,
            message: `'${specifier}' reaches into another package: import it by its name.`,
          })
        }
      } else if (
        allow &&
        !specifier.startsWith('#') &&
        !allow.some((/** @type {string} */ name) => matches(specifier, name))
      ) {
        const allowed = allow.length > 0 ? `only ${allow.join(', ')}` : 'no package'
        context.report({ node, message: `'${specifier}' is behind a wall: this package imports ${allowed}.` })
      }
    }

    const checkSource = (/** @type {any} */ node) => check(node, node.source?.value)
    return {
      ImportDeclaration: checkSource,
      ExportNamedDeclaration: checkSource,
      ExportAllDeclaration: checkSource,
      ImportExpression: checkSource,
      TSImportType: checkSource,
      CallExpression(/** @type {any} */ node) {
        if (node.callee.name === 'require') check(node, node.arguments[0]?.value)
      },
    }
  },
}

const noCurrentDate = {
  create(/** @type {any} */ context) {
    const check = (/** @type {any} */ node) => {
      if (node.callee.name !== 'Date' || (node.type === 'NewExpression' && node.arguments.length > 0)) return
      context.report({ node, message: 'This reads the clock: take the time from the ports.' })
    }
    return { NewExpression: check, CallExpression: check }
  },
}

export default {
  meta: { name: 'foldback' },
  rules: { imports, 'no-current-date': noCurrentDate },
}
