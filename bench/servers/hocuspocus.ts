import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Database } from '@hocuspocus/extension-database'
import { Server } from '@hocuspocus/server'
import { answerCalls } from '../answering.ts'

/*
 * Yjs with Hocuspocus, and its database extension on SQLite. An update is acknowledged when it is in the document in
 * memory; the whole document is written 2 seconds after the last change, or 10 seconds after the first (its defaults).
 */

answerCalls({
  async start({ folder }: { readonly folder: string }) {
    const database = new DatabaseSync(join(folder, 'documents.db'))
    database.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      CREATE TABLE documents (name TEXT PRIMARY KEY, data BLOB NOT NULL) STRICT`)
    const stored = database.prepare('SELECT data FROM documents WHERE name = ?')
    const store = database.prepare(
      'INSERT INTO documents VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET data = excluded.data',
    )
    const server = new Server({
      address: '127.0.0.1',
      port: 0,
      quiet: true,
      extensions: [
        new Database({
          fetch: async ({ documentName }) =>
            (stored.get(documentName) as { readonly data: Uint8Array } | undefined)?.data ?? null,
          store: async ({ documentName, state }) => void store.run(documentName, state),
        }),
      ],
    })
    await server.listen()
    return server.address.port
  },
})
