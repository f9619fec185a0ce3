import * as z from 'zod/mini'

/** Everybody who has not said how they are called. */
export const nobody = 'anonymous'

/** How somebody calls themselves here. It names their records too, so it is a plain name. */
export const userName = z.string('A name is a text.').check(
  z.trim(),
  z.minLength(1, 'Enter your name.'),
  z.maxLength(60, 'A name has at most 60 characters.'),
  z.regex(
    /^[\p{L}\p{N}][\p{L}\p{M}\p{N} .,'@+-]*$/u,
    "A name begins with a letter or a digit, and has no other signs than these: . , ' @ + -",
  ),
  z.refine(
    (name) => name.toLowerCase() !== nobody,
    'This is what everybody without a name is called. Take another one.',
  ),
)
