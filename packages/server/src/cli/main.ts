#!/usr/bin/env node
import { constants } from 'node:os'
import type { Terminal } from './command.ts'
import { run } from './run.ts'

/** Back to the line's beginning, and what was in it away. */
const clearedLine = '\r\u001B[K'

const terminal: Terminal = {
  say: (line) => void process.stdout.write(`${line}\n`),
  complain: (line) => void process.stderr.write(`${line}\n`),
  progress: process.stderr.isTTY ? (text) => void process.stderr.write(`${clearedLine}${text}`) : undefined,
}

// What is half done is removed when the process ends.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => process.exit(128 + constants.signals[signal]))
}
process.exitCode = await run(process.argv.slice(2), terminal)
