import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { FoldbackError, messageOf } from '@foldback/core'
import { backupCommand } from './backup-command.ts'
import type { Command, Terminal } from './command.ts'
import { restoreCommand } from './restore-command.ts'
import { verifyCommand } from './verify-command.ts'

const commands: readonly Command[] = [backupCommand, restoreCommand, verifyCommand]

/** What a command ends with. */
const exitCodes = { done: 0, failed: 1, misused: 2 } as const

/** Somebody did not say what is needed. */
class Misuse extends Error {
  readonly command: Command | undefined

  constructor(message: string, command?: Command) {
    super(message)
    this.command = command
  }
}

/** Runs `foldback` with these arguments, and gives its exit code. Never rejects. */
export async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  const isJson = args.includes('--json')
  try {
    const said = await answer(args, terminal)
    terminal.say(isJson ? JSON.stringify(said.json) : said.text)
    return exitCodes.done
  } catch (thrown) {
    const isMisuse = thrown instanceof Misuse
    if (isJson) terminal.say(JSON.stringify({ error: { code: codeOf(thrown), message: messageOf(thrown) } }))
    else terminal.complain(messageOf(thrown))
    if (isMisuse && !isJson) terminal.complain(`\n${usageOf(thrown.command)}`)
    return isMisuse ? exitCodes.misused : exitCodes.failed
  }
}

function codeOf(thrown: unknown): string {
  if (thrown instanceof Misuse) return 'misused'
  return thrown instanceof FoldbackError ? thrown.code : 'internal'
}

async function answer(args: readonly string[], terminal: Terminal): Promise<{ text: string; json: object }> {
  const [name, ...rest] = args
  if (name === '--version') return { text: version(), json: { version: version() } }
  const command = commands.find((each) => each.name === name)
  if (command === undefined) {
    if (name === undefined || name === '--help' || name === 'help') return help(undefined)
    throw new Misuse(`There is no command ${name}.`)
  }
  const { positionals, values } = parse(command, rest)
  if (values['help'] === true) return help(command)
  const missing = command.parameters[positionals.length]
  if (missing !== undefined) throw new Misuse(`<${missing}> is missing.`, command)
  if (positionals.length > command.parameters.length) {
    throw new Misuse(`${positionals.at(-1)} is one argument too many.`, command)
  }
  const flags = new Set(Object.keys(values))
  const onProgress = (share: number): void => terminal.progress?.(`${Math.floor(share * 100)} %`)
  try {
    return await command.run({ positionals, flags, onProgress })
  } finally {
    terminal.progress?.('')
  }
}

function parse(command: Command, args: readonly string[]) {
  const flag = { type: 'boolean' } as const
  const own = Object.fromEntries(Object.keys(command.flags).map((name) => [name, flag]))
  try {
    return parseArgs({
      args: [...args],
      options: { help: { ...flag, short: 'h' }, json: flag, ...own },
      allowPositionals: true,
    })
  } catch (thrown) {
    throw new Misuse(messageOf(thrown), command)
  }
}

function help(command: Command | undefined): { text: string; json: object } {
  const text = usageOf(command)
  return { text, json: { usage: text } }
}

function usageOf(command: Command | undefined): string {
  if (command !== undefined) return commandUsage(command)
  const lines = commands.map((each) => `  ${formOf(each).padEnd(30)}${each.summary}`)
  return [
    'Usage: foldback <command>',
    '',
    ...lines,
    '',
    'foldback <command> --help says more. All take --json, for programs.',
    'Exit code: 0 when it is done, 1 when it failed, 2 when it was not understood.',
  ].join('\n')
}

function commandUsage(command: Command): string {
  const options = { ...command.flags, json: 'answer with one line of JSON', help: 'this text' }
  return [
    `Usage: foldback ${formOf(command)}`,
    '',
    command.summary,
    command.details,
    '',
    ...Object.entries(options).map(([name, does]) => `  --${name.padEnd(10)}${does}`),
  ].join('\n')
}

function formOf({ name, parameters }: Command): string {
  return [name, ...parameters.map((parameter) => `<${parameter}>`)].join(' ')
}

function version(): string {
  const { version: text } = JSON.parse(
    readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
  ) as { version: string }
  return text
}
