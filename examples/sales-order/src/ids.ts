/** Base 32 without the letters that are mistaken for digits, or make words. */
const digits = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

const randomDigits = (count: number) =>
  Array.from(crypto.getRandomValues(new Uint8Array(count)), (byte) => digits[byte % digits.length]).join('')

/** Made in the browser, so that an order can be created without a connection. */
export const newOrderId = () => `SO-${randomDigits(6)}`

export const newLineId = () => randomDigits(10)
