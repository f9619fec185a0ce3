import { examineDatabase } from '../sqlite/examine-database.ts'
import { asFoldbackErrors, openExisting } from '../sqlite/open-existing.ts'
import type { Command } from './command.ts'
import { contentsText } from './contents-text.ts'

export const verifyCommand: Command = {
  name: 'verify',
  parameters: ['database'],
  flags: {},
  summary: 'Looks at every page and every row of a database or a backup.',
  details: 'Also while a server runs on it, at some cost to its disk. Nothing is changed.',
  async run({ positionals }) {
    const [database = ''] = positionals
    const opened = openExisting(database)
    try {
      const contents = await asFoldbackErrors(database, () => {
        opened.exec('BEGIN')
        return examineDatabase(opened)
      })
      return { text: `${database} is whole: ${contentsText(contents)}.`, json: { database, ...contents } }
    } finally {
      opened.close()
    }
  },
}
