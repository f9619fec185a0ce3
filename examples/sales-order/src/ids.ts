/** Base 32 without the letters that are mistaken for digits, or make words; in the order in which they sort. */
const digits = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const epochSeconds = Date.UTC(2025, 0) / 1_000

const randomDigits = (count: number) =>
  Array.from(crypto.getRandomValues(new Uint8Array(count)), (byte) => digits[byte % digits.length]).join('')

/** Six digits, good for 34 years. */
const timeDigits = (seconds: number) =>
  Array.from({ length: 6 }, (_, place) => digits[Math.floor(seconds / 32 ** (5 - place)) % 32]).join('')

/** Made in the browser, so that an order can be created without a connection. A later one sorts behind. */
export const newOrderId = (now = Date.now()) =>
  `SO-${timeDigits(Math.floor(now / 1_000) - epochSeconds)}${randomDigits(2)}`

export const newLineId = () => randomDigits(10)

export const newTaskId = () => randomDigits(10)
