import { describe, expect, it } from 'vitest'
import { checkSqliteVersion } from './open-database.ts'

describe('checkSqliteVersion', () => {
  it('refuses a SQLite whose WAL can corrupt a database', () => {
    for (const version of ['3.51.2', '3.50.10', '3.6.0', '2.99.99']) {
      expect(() => checkSqliteVersion(version)).toThrow(expect.objectContaining({ code: 'sqlite-too-old' }))
    }
  })

  it('takes those in which that is mended', () => {
    for (const version of ['3.51.3', '3.51.10', '3.53.0', '3.100.0', '4.0.0']) checkSqliteVersion(version)
  })
})
