import { restoreDatabase } from '../sqlite/restore-database.ts'
import type { Command } from './command.ts'
import { contentsText } from './contents-text.ts'

export const restoreCommand: Command = {
  name: 'restore',
  parameters: ['backup', 'database'],
  flags: {},
  summary: 'Puts a backup in the place of a database that no server has open.',
  details:
    'Stop the server first, and start it after. The file that was there is kept beside the new one. Clients notice by themselves: they get the records as they are now, send what the server lost and they had not been told of, and name to their users what was accepted and is lost.',
  async run({ positionals, onProgress }) {
    const [backup = '', database = ''] = positionals
    const restored = await restoreDatabase(backup, database, { onProgress })
    const kept = restored.before === undefined ? '' : ` What was there before is kept as ${restored.before}.`
    return {
      text: `${database} is restored from ${backup}: ${contentsText(restored)}.${kept}`,
      json: { database, backup, ...restored },
    }
  },
}
