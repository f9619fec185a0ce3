import type { ErrorCode } from './error.ts'

/*
 * What takes the place of `sentences.ts` in a web page in production, by the conditions in package.json: a page does
 * not load the sentences of the server, nor those for whoever develops it. A test keeps these equal to the registry.
 */

/** What may come to the eyes of a user. */
export const pageSentences: { readonly [Code in ErrorCode]?: string } = {
  'frame-too-large':
    'The frame or body is larger than this server reads. Send less at once, or raise its limit frameBytesMax.',
  'protocol-version':
    'This server speaks the subprotocol foldback.v1 only. Update the client, or the server if it is the older one.',
  forbidden: 'You may not do this. Ask somebody who administers your rights.',
  unauthenticated: 'Sign in first: the token is missing, wrong or expired.',
  'outbox-failed':
    'An action could not be written to the outbox of this device, so it is not safe from a reload yet. It is tried again; free some space on the device.',
  'outbox-unavailable':
    'This device keeps nothing for this page (private mode, or its storage is broken or full), so pending actions last only as long as the page. Keep it open until they are settled.',
  discarded: 'The action was discarded before it was sent, so it has no outcome.',
  'taken-over':
    'This page was asleep, and another page has taken the action over and sends it. Its effect comes with the record.',
  'too-late': 'The action is settled, so it can be neither changed nor discarded. Dispatch another one.',
}

/** What a code means and what to do next. */
export const sentenceOf = (code: ErrorCode): string => pageSentences[code] ?? `${code}: see docs/errors.md.`

/** A page refuses only what does not fold. */
export const isTransient = (_code: ErrorCode): boolean => false
