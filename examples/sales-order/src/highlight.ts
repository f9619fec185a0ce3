import { useEffect, useRef, type RefObject } from 'react'

/** More than this at once is a list being loaded, or an import: nothing that an eye could follow. */
const atOnceMax = 12
let changed: HTMLElement[] = []

/** Marks the element for a moment, so that the eye finds what somebody else has just changed. */
function highlight(element: HTMLElement | null) {
  if (element && changed.push(element) === 1) requestAnimationFrame(showChanged)
}

function showChanged() {
  const elements = changed
  changed = []
  if (elements.length > atOnceMax) return
  const easing = matchMedia('(prefers-reduced-motion: reduce)').matches ? 'step-end' : 'ease-out'
  const keyframes = [
    { backgroundColor: 'var(--fresh)' },
    { backgroundColor: 'var(--fresh)', offset: 0.25 },
    {},
  ]
  for (const element of elements) element.animate(keyframes, { duration: 2_000, easing })
}

/**
 * The element is highlighted when `value` changes, unless the change is one's own: something of it is pending, or
 * was until now. The value is compared by content, because a record may come again as another object.
 */
export function useHighlight<Element extends HTMLElement>(
  value: string | number,
  own: boolean,
): RefObject<Element | null> {
  const ref = useRef<Element>(null)
  const before = useRef({ value, own })
  useEffect(() => {
    const last = before.current
    before.current = { value, own }
    if (last.value !== value && !own && !last.own) highlight(ref.current)
  }, [value, own])
  return ref
}

export type KnownIds = RefObject<ReadonlySet<string> | null>

/** The ids of a list as of the last render; null before it was first there. For `useArrivalHighlight` in its rows. */
export function useKnownIds(ids: readonly string[] | undefined): KnownIds {
  const known = useRef<ReadonlySet<string> | null>(null)
  useEffect(() => {
    if (ids) known.current = new Set(ids)
  }, [ids])
  return known
}

/** The row is highlighted when it appears in a list that was there already, unless it is one's own. */
export function useArrivalHighlight(
  ref: RefObject<HTMLElement | null>,
  id: string,
  known: KnownIds,
  own: boolean,
) {
  const first = useRef({ known, own })
  useEffect(() => {
    const arrival = first.current
    const knownIds = arrival.known.current
    if (!arrival.own && knownIds && !knownIds.has(id)) highlight(ref.current)
  }, [id, ref])
}
