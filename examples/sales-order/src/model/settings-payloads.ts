import * as z from 'zod/mini'
import type { Settings } from './settings.ts'

const theme = z.enum(['system', 'light', 'dark'], 'A theme is one of system, light and dark.')
const status = z.enum(
  ['all', 'draft', 'submitted', 'shipped', 'cancelled'],
  'Choose all, draft, submitted, shipped or cancelled.',
)
const sort = z.enum(['newest', 'customer', 'total'], 'Choose newest, customer or total.')

/** What each action of the settings carries. */
export const settingsPayloads = { themeChosen: theme, statusFilterChosen: status, sortChosen: sort }

export const settingsSchema: z.ZodMiniType<Settings> = z.object({ theme, status, sort })
