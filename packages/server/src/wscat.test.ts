import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished } from 'vitest'
import { MessageQueue } from '../../../test-support/message-queue.ts'
import { created } from '../../../test-support/order-models.ts'
import { RunningServer } from '../../../test-support/running-server.ts'

const program = fileURLToPath(import.meta.resolve('wscat/bin/wscat'))

/** wscat itself: what it prints, line by line, without its prompts. */
class Wscat {
  readonly #child: ChildProcess
  readonly #lines = new MessageQueue<string>()

  constructor(port: number, ...options: string[]) {
    const child = spawn(process.execPath, [program, '-c', `ws://127.0.0.1:${port}`, ...options])
    onTestFinished(() => void child.kill())
    createInterface(child.stdout).on('line', (line) => this.#lines.push(line.replace(/^(> )+/, '')))
    child.stderr.on('data', (text: Buffer) => this.#lines.push(`stderr: ${text.toString()}`))
    child.on('exit', (code) => this.#lines.end(new Error(`wscat ended with ${code}`)))
    this.#child = child
  }

  /** What somebody pastes into it. */
  paste(line: string): void {
    this.#child.stdin?.write(`${line}\n`)
  }

  line(): Promise<string> {
    return this.#lines.next()
  }
}

it('is a client of the plain door', { timeout: 20_000 }, async () => {
  let isKnocking = (): void => {}
  const knock = new Promise<void>((resolve) => (isKnocking = resolve))
  const server = await RunningServer.start({
    authenticate: ({ headers }) => {
      if (headers.upgrade !== undefined) isKnocking()
      return { actor: 'anonymous' }
    },
  })
  const reader = new Wscat(server.port)
  await knock
  // It is only ready for what is pasted when it has connected, which it shows by printing what it receives.
  await server.post(created('0'))
  expect(await reader.line()).toMatch(/"id":"0"/)

  const writer = new Wscat(
    server.port,
    '-w',
    '-1',
    '-x',
    '{"type":"order/created","payload":{"id":"1","customer":"Ada"}}',
  )
  const record =
    '{"type":"foldback/record","payload":{"model":"order","id":"1","version":1,"state":{"id":"1","customer":"Ada","isSecret":false}}}'
  expect(await writer.line()).toBe(record)
  expect(await reader.line()).toBe(record)

  reader.paste('{"type":"order/renamed","payload":{"id":"1","customer":"Grace"}}')
  for (const one of [reader, writer])
    expect(await one.line()).toMatch(/"version":2,"state":\{.*"customer":"Grace"/)
  reader.paste('hello')
  expect(JSON.parse(await reader.line())).toMatchObject({
    type: 'foldback/rejected',
    payload: { code: 'not-json' },
  })
  reader.paste('{"type":"order/deleted","payload":{"id":"1"}}')
  for (const one of [reader, writer]) expect(await one.line()).toMatch(/"version":3,"state":null/)
})
