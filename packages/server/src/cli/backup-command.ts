import { backupDatabase } from '../sqlite/backup-database.ts'
import type { Command } from './command.ts'
import { contentsText } from './contents-text.ts'

export const backupCommand: Command = {
  name: 'backup',
  parameters: ['database', 'to'],
  flags: { replace: 'put the backup in the place of a file of that name' },
  summary: 'Copies a database, also while a server runs on it.',
  details:
    'The backup is of one moment, a single file, checked as `foldback verify` does, and gets its name only when it is safe on the disk.',
  async run({ positionals, flags, onProgress }) {
    const [database = '', to = ''] = positionals
    const made = await backupDatabase(database, to, { replaces: flags.has('replace'), onProgress })
    return {
      text: `${database} is backed up as ${to}: ${contentsText(made)}.`,
      json: { database, backup: to, ...made },
    }
  },
}
