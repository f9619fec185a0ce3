import * as z from 'zod/mini'

/** Limits of what may be typed or sent. Money is in integer cents. */
export const limits = {
  idLengthMax: 64,
  customerLengthMax: 200,
  skuLengthMax: 64,
  quantityMax: 1_000_000,
  unitPriceMax: 1_000_000_000,
  linesMax: 1_000,
  takenMax: 1_000_000_000,
} as const

const id = z
  .string('An id is a text.')
  .check(
    z.minLength(1, 'An id must not be empty.'),
    z.maxLength(limits.idLengthMax, 'An id has at most 64 characters.'),
  )

const customer = z
  .string('The name of the customer is a text.')
  .check(
    z.regex(/\S/, 'Enter the name of the customer.'),
    z.maxLength(limits.customerLengthMax, 'The name of a customer has at most 200 characters.'),
  )

export const sku = z
  .string('A SKU is a text.')
  .check(z.regex(/\S/, 'Enter a SKU.'), z.maxLength(limits.skuLengthMax, 'A SKU has at most 64 characters.'))

export const quantity = z
  .int('Enter a whole number.')
  .check(z.minimum(1, 'Enter at least 1.'), z.maximum(limits.quantityMax, 'Enter at most 1,000,000.'))

const unitPrice = z
  .int('Enter a price, like 12.50.')
  .check(
    z.minimum(0, 'A price must not be negative.'),
    z.maximum(limits.unitPriceMax, 'Enter at most 10,000,000.00.'),
  )

/** Lines of the same SKU add up, so it may be more than is on one line. */
const taken = z
  .array(
    z.object({
      sku,
      quantity: z
        .int('A quantity is a whole number.')
        .check(z.minimum(1, 'A quantity is at least 1.'), z.maximum(limits.takenMax, 'That is too many.')),
    }),
    'Say what is taken: a list of sku and quantity.',
  )
  .check(z.maxLength(limits.linesMax, 'An order has at most 1,000 lines.'))

/** What each action carries. The server checks it for everybody; the forms use it to say at once what is wrong. */
export const payloads = {
  created: z.object({ id, customer }),
  customerChanged: z.object({ id, customer }),
  lineAdded: z.object({ id, lineId: id, sku, quantity, unitPrice }),
  lineQuantityChanged: z.object({ id, lineId: id, quantity }),
  lineRemoved: z.object({ id, lineId: id }),
  submitted: z.object({ id }),
  shipped: z.object({ id, taken }),
  cancelled: z.object({ id }),
  deleted: z.object({ id }),
}

export type Payloads = { [Name in keyof typeof payloads]: z.infer<(typeof payloads)[Name]> }
