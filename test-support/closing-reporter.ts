import type { Reporter, TestModule, TestRunEndReason } from 'vitest/node'
import { requiredNames, requirements, type Requirement } from './requirements.ts'

interface Count {
  passed: number
  failed: number
  skipped: number
}

/** Ends a run with what was skipped and why, and then, as the very last line, `N passed, N failed`. */
export class ClosingReporter implements Reporter {
  onTestRunEnd(
    modules: readonly TestModule[],
    unhandled: readonly unknown[],
    reason: TestRunEndReason,
  ): void {
    const count = countOf(modules)
    count.failed += unhandled.length
    const absent = new Map(
      Object.entries<Requirement>(requirements).filter(([, { find }]) => find() === undefined),
    )
    const lines = [...absent].map(
      ([name, { missing, enabledBy }]) => `skipped: ${name} tests (${missing}; ${enabledBy})`,
    )
    for (const name of requiredNames()) {
      const isKnown = Object.hasOwn(requirements, name)
      if (isKnown && !absent.has(name)) continue
      count.failed += 1
      lines.push(
        `failed: FOLDBACK_REQUIRE asks for ${name} tests, ${isKnown ? 'which were skipped' : 'which do not exist'}`,
      )
    }
    // A run can fail with no test to blame: no test files, an interrupt.
    if (reason !== 'passed' && count.failed === 0) count.failed = 1
    if (count.failed > 0) process.exitCode = 1
    console.log([...lines, closingLine(count)].join('\n'))
  }
}

function closingLine({ passed, failed, skipped }: Count): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
}

function countOf(modules: readonly TestModule[]): Count {
  const count = { passed: 0, failed: 0, skipped: 0 }
  for (const module of modules) {
    // A file that does not load has no tests; it still has failed.
    count.failed += module.errors().length
    for (const suite of module.children.allSuites()) count.failed += suite.errors().length
    for (const test of module.children.allTests()) {
      const { state } = test.result()
      if (state === 'passed' || state === 'failed') count[state] += 1
      else count.skipped += 1
    }
  }
  return count
}
