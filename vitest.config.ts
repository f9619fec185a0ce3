import { defineConfig } from 'vitest/config'
import { ClosingReporter } from './test-support/closing-reporter.ts'
import { requirementNames, requirements } from './test-support/requirements.ts'
import { sources } from './test-support/sources.ts'

const roots = '{packages,examples,scripts,test-support,bench}'
const filesThatNeed = (name: string) => `${roots}/**/*.${name}.test.ts`

export default defineConfig({
  resolve: {
    alias: sources,
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
