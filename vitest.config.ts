import { readdirSync } from 'node:fs'
import { defineConfig } from 'vitest/config'
import { ClosingReporter } from './test-support/closing-reporter.ts'
import { requirementNames, requirements } from './test-support/requirements.ts'

const packageNames = readdirSync(new URL('packages', import.meta.url))
const sourceAt = (path: string) => new URL(`packages/${path}`, import.meta.url).pathname
const roots = '{packages,examples,scripts,test-support}'
const filesThatNeed = (name: string) => `${roots}/**/*.${name}.test.ts`

export default defineConfig({
  resolve: {
    // Tests run on the sources: an edit shows without a build.
    alias: {
      '@foldback/client/file': sourceAt('client/src/outbox/file-outbox.ts'),
      ...Object.fromEntries(
        packageNames.map((name) => [`@foldback/${name}`, sourceAt(`${name}/src/index.ts`)]),
      ),
    },
  },
  test: {
    reporters: ['default', new ClosingReporter()],
    projects: [
      {
        extends: true,
        test: {
          name: 'node',
          include: [`${roots}/**/*.test.ts`],
          exclude: ['**/node_modules/**', '**/dist/**', ...requirementNames.map(filesThatNeed)],
        },
      },
      { extends: true, test: { name: 'dom', include: [`${roots}/**/*.test.tsx`], environment: 'jsdom' } },
      ...requirementNames.map((name) => ({
        extends: true as const,
        test: {
          name,
          include: [filesThatNeed(name)],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // One after the other, when the others are through: a browser beside them would only measure the machine.
          fileParallelism: false,
          sequence: { groupOrder: 1 },
          ...(requirements[name].find() === undefined && { testNamePattern: /(?!)/ }),
        },
      })),
    ],
  },
})
