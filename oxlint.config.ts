import { defineConfig } from 'oxlint'

/** What each package may import. Nobody may import another package's files. */
const walls: Record<string, string[]> = {
  core: [],
  client: ['@foldback/core'],
  engine: ['@foldback/core'],
  server: ['@foldback/core', '@foldback/engine', 'immer', 'node:*', 'pino', 'prom-client', 'ws'],
  testkit: ['@foldback/client', '@foldback/core', '@foldback/engine', 'node:assert/strict'],
  react: ['@foldback/client', '@foldback/core', 'react', 'react-redux'],
}

const simulatorImports = [
  '@foldback/client',
  '@foldback/core',
  '@foldback/engine',
  '@reduxjs/toolkit',
  'node:*',
]

/** These packages take time, chance and waiting from their ports, so that a simulation can replay them. */
const deterministic = ['core', 'client', 'engine']
const hostGlobals = ['setTimeout', 'setInterval', 'setImmediate', 'performance', 'crypto']
const message = 'Take it from the ports; the real ones live in files named *-ports.ts.'

const sourcesOf = (names: readonly string[]) => names.map((name) => `packages/${name}/src/**/*.{ts,tsx}`)
const tests = ['**/*.test.ts', '**/*.test.tsx', '**/*.test-d.ts', '**/test-parts/**']

export default defineConfig({
  plugins: ['typescript', 'unicorn', 'oxc', 'import', 'react', 'jsx-a11y', 'vitest'],
  jsPlugins: ['./scripts/lint-boundaries.mjs'],
  options: { typeAware: true, denyWarnings: true, reportUnusedDisableDirectives: 'error' },
  categories: { correctness: 'error', suspicious: 'error' },
  ignorePatterns: ['**/dist/**', '**/data/**'],
  rules: {
    'foldback/imports': 'error',
    eqeqeq: 'error',
    'import/no-cycle': 'error',
    'no-console': 'off',
    'typescript/no-explicit-any': 'error',
    'typescript/no-misused-promises': 'error',
    'typescript/switch-exhaustiveness-check': 'error',
    // What comes from outside is checked by hand and then named by a type.
    'typescript/no-unsafe-type-assertion': 'off',
    // With noUncheckedIndexedAccess it says what the code around it knows.
    'typescript/no-non-null-assertion': 'off',
    // The compiler's noImplicitReturns and the exhaustive switch say it better.
    'consistent-return': 'off',
    'import/no-unassigned-import': 'off',
    'unicorn/consistent-function-scoping': 'off',
    'unicorn/no-array-reverse': 'off',
    'unicorn/no-array-sort': 'off',
    'react/react-in-jsx-scope': 'off',
    // A dialog focuses its first field and closes by a click beside it; a live region is role="status".
    'jsx-a11y/no-autofocus': 'off',
    'jsx-a11y/no-noninteractive-element-interactions': 'off',
    'jsx-a11y/prefer-tag-over-role': 'off',
  },
  overrides: [
    ...Object.entries(walls).map(([name, allow]) => ({
      files: sourcesOf([name]),
      excludeFiles: tests,
      rules: { 'foldback/imports': ['error', { allow }] as ['error', unknown] },
    })),
    {
      // The simulator is a tool of this repository: it is not part of the package.
      files: ['packages/testkit/src/{workload,checkers,simulator,sabotage}/**/*.ts'],
      excludeFiles: tests,
      rules: {
        'foldback/imports': ['error', { allow: simulatorImports }] as ['error', unknown],
        // It is about windows, and this about threads.
        'unicorn/require-post-message-target-origin': 'off',
      },
    },
    {
      // Its own way into the package: browsers never see it.
      files: ['packages/client/src/outbox/file-outbox.ts'],
      rules: {
        'foldback/imports': ['error', { allow: ['@foldback/core', 'node:fs', 'node:sqlite'] }] as [
          'error',
          unknown,
        ],
      },
    },
    {
      files: sourcesOf(deterministic),
      excludeFiles: [...tests, '**/*-ports.ts'],
      rules: {
        'foldback/no-current-date': 'error',
        'no-restricted-globals': ['error', ...hostGlobals.map((name) => ({ name, message }))],
        'no-restricted-properties': [
          'error',
          { object: 'Date', property: 'now', message },
          { object: 'Math', property: 'random', message },
          ...hostGlobals.map((property) => ({ object: 'globalThis', property, message })),
        ],
      },
    },
    {
      files: tests,
      rules: {
        'typescript/unbound-method': 'off',
        // Cases and checks live in functions and classes of their own, which `it` calls.
        'vitest/no-standalone-expect': 'off',
        'vitest/expect-expect': 'off',
        // fast-check is used as `fc.…` everywhere, as its documentation does.
        'import/no-named-as-default-member': 'off',
        'typescript/no-explicit-any': 'off',
        'vitest/require-mock-type-parameters': 'off',
      },
    },
  ],
})
