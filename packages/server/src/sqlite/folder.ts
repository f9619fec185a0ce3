import { closeSync, fsyncSync, mkdirSync, openSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * Makes a folder and those that it lies in, durably. Not by mkdir's `recursive`, which in a place such as /proc tries
 * for ever.
 */
export function makeFolder(folder: string): void {
  if (isFolder(folder)) return
  const parent = dirname(folder)
  if (parent !== folder) makeFolder(parent)
  try {
    mkdirSync(folder)
  } catch (thrown) {
    // Somebody else may have made it just now.
    if (!isFolder(folder)) throw thrown
  }
  syncFolder(parent)
}

/** A new file survives a power cut only when its folder's entry for it does. */
export function syncFolder(folder: string): void {
  // Windows neither needs nor allows it.
  if (process.platform === 'win32') return
  const file = openSync(folder, 'r')
  fsyncSync(file)
  closeSync(file)
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
}
