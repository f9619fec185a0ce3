export { sqlite, type SqliteOptions } from './sqlite/sqlite-store.ts'
