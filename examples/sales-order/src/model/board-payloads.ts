import * as z from 'zod/mini'
import { columns } from './board.ts'

/** Limits of what may be typed or sent. */
const taskLimits = { titleLengthMax: 200, noteLengthMax: 2_000 } as const

// Ids are keys of the board's `entities`; these names would change what an object is.
const unusable = new Set(['__proto__', 'constructor', 'prototype'])
const id = z.string('An id is a text.').check(
  z.regex(/^[\w-]{1,64}$/, 'The id of a task has 1 to 64 letters, digits, "_" or "-".'),
  z.refine((text) => !unusable.has(text), 'This id cannot be used. Take another.'),
)

const title = z
  .string('A title is a text.')
  .check(
    z.regex(/\S/, 'Enter what is to be done.'),
    z.maxLength(taskLimits.titleLengthMax, 'A title has at most 200 characters. Put the rest into the note.'),
  )

const note = z
  .string('A note is a text.')
  .check(z.maxLength(taskLimits.noteLengthMax, 'A note has at most 2,000 characters.'))

const column = z.enum(columns, 'A column is one of todo, doing and done.')

/** What each action of the board carries. */
export const boardPayloads = {
  taskAdded: z.strictObject({ id, title, note, column }),
  taskChanged: z.strictObject({
    id,
    changes: z.strictObject({ title: z.optional(title), note: z.optional(note) }),
  }),
  taskMoved: z.strictObject({ id, column, before: z.optional(id) }),
  taskRemoved: id,
}
