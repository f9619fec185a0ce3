import * as z from 'zod/mini'
import { quantity, sku } from './payloads.ts'

export const levelMax = 1_000_000_000

export const level = z
  .int('Enter a whole number.')
  .check(z.minimum(0, 'Enter at least 0.'), z.maximum(levelMax, 'Enter at most 1,000,000,000.'))

/** What each action of the stock carries. */
export const stockPayloads = {
  received: z.object({ sku, quantity }),
  counted: z.object({ sku, quantity: level }),
  removed: z.object({ sku }),
}

export type StockPayloads = { [Name in keyof typeof stockPayloads]: z.infer<(typeof stockPayloads)[Name]> }
