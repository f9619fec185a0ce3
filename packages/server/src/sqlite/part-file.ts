import { readdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { removeDatabase } from './copy-database.ts'

/**
 * Names a file beside `path` for what is not whole yet. What a process has left there that was killed is removed: it may
 * be large, and this process may have been given the same id, as in a container.
 */
export function partFile(path: string, kind: 'part' | 'restoring'): string {
  const prefix = `${basename(path)}.${kind}-`
  for (const name of readdirSync(dirname(path))) {
    if (!name.startsWith(prefix)) continue
    const [, id] = /^(\d+)(?:-\w+)?$/.exec(name.slice(prefix.length)) ?? []
    if (id !== undefined && !isAnotherProcess(Number(id)))
      removeDatabase(join(dirname(path), `${prefix}${id}`))
  }
  return join(dirname(path), `${prefix}${process.pid}`)
}

function isAnotherProcess(id: number): boolean {
  if (id === process.pid) return false
  try {
    return process.kill(id, 0)
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === 'EPERM'
  }
}
