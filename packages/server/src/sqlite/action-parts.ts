import type { NewEvent } from '@foldback/engine'

/*
 * An action's text as the client and the engine write it, and what of it an event's row need not have:
 *
 *   {"type":"salesOrder/lineAdded","payload":  {…}  ,"meta":{"foldback":{"id":"…","at":…,"actor":"…"  }}}
 *   head                                       body  the row's id, age and actor                      tail
 *
 * Heads and tails are the same for all actions of a type, so they are kept once, as a shape. The parts put together
 * are the very text again, whatever was in it: a text that is not like this is kept whole.
 */

export interface ActionParts {
  readonly head: string
  readonly body: string
  /** `meta.foldback.at`. */
  readonly at: number
  readonly tail: string
}

/** There are as many heads as types, and as many tails as sets of versions: see `Versions`. */
const headFound = /^\{"type":"[^"\\]{1,200}"(?:,"payload":)?/
const usualTail = '}}}'
const tailFound = /^(?:,"versions":\{[^{}]{1,1000}\})?\}\}\}$/

/** Undefined for a text that does not name the event's id and actor where the engine would write them. */
export function partsOf(
  action: string,
  { id, actor }: Pick<NewEvent, 'id' | 'actor'>,
): ActionParts | undefined {
  const head = headFound.exec(action)?.[0]
  if (head === undefined) return undefined
  const beforeAt = `,"meta":{"foldback":{"id":"${id}","at":`
  const afterAt = `,"actor":"${actor}"`
  const bodyEnd = action.lastIndexOf(beforeAt)
  const atEnd = action.indexOf(afterAt, bodyEnd)
  if (bodyEnd < head.length || atEnd < 0) return undefined
  const atText = action.slice(bodyEnd + beforeAt.length, atEnd)
  const at = Number(atText)
  const tail = action.slice(atEnd + afterAt.length)
  if (!Number.isSafeInteger(at) || String(at) !== atText) return undefined
  if (tail !== usualTail && !tailFound.test(tail)) return undefined
  return { head, body: action.slice(head.length, bodyEnd), at, tail }
}
