import { useEffect, useRef, useState, type PointerEvent as ReactPointerEvent, type RefObject } from 'react'
import type { Column } from './model/board.ts'
import type { TaskPlace } from './task-places.ts'

/** A press that moves less than this is a click. */
const slackPixels = 5
/** This near to the upper or lower edge of the window, it scrolls along. */
const edgePixels = 64

export interface TaskDrag {
  id: string
  place: TaskPlace
}

/**
 * Cards are dragged with the mouse from anywhere, and with a finger by their handle, so that a finger elsewhere still
 * scrolls. Escape leaves the card where it was.
 */
export function useTaskDrag(board: RefObject<HTMLElement | null>, onDrop: (drag: TaskDrag) => void) {
  const [drag, setDrag] = useState<TaskDrag>()
  const end = useRef<() => void>(undefined)
  useEffect(() => () => end.current?.(), [])

  const start = (id: string, down: ReactPointerEvent<HTMLElement>) => {
    const card = down.currentTarget
    const isOnHandle = (down.target as Element).closest('.task-handle') !== null
    if (down.button !== 0 || end.current || (down.pointerType !== 'mouse' && !isOnHandle)) return
    const from = { x: down.clientX, y: down.clientY + scrollY }
    let last: TaskDrag | undefined

    const move = (event: PointerEvent) => {
      if (event.pointerId !== down.pointerId) return
      const [x, y] = [event.clientX - from.x, event.clientY + scrollY - from.y]
      if (!last) {
        if (Math.hypot(x, y) < slackPixels) return
        // From now on the card gets everything, and so what it was pressed on is not clicked.
        card.setPointerCapture(event.pointerId)
        card.dataset['dragged'] = ''
      }
      card.style.translate = `${x}px ${y}px`
      scrollAlong(event.clientY)
      last = { id, place: placeAt(board.current, card, event) }
      const { place } = last
      setDrag((before) => (before && isSamePlace(before.place, place) ? before : { id, place }))
    }
    const drop = (event: PointerEvent) => {
      if (event.pointerId !== down.pointerId) return
      end.current?.()
      if (last && event.type === 'pointerup') onDrop(last)
    }
    const leave = (event: KeyboardEvent) => event.key === 'Escape' && end.current?.()

    end.current = () => {
      end.current = undefined
      card.style.translate = ''
      delete card.dataset['dragged']
      removeEventListener('pointermove', move)
      removeEventListener('pointerup', drop)
      removeEventListener('pointercancel', drop)
      removeEventListener('keydown', leave)
      setDrag(undefined)
    }
    addEventListener('pointermove', move)
    addEventListener('pointerup', drop)
    addEventListener('pointercancel', drop)
    addEventListener('keydown', leave)
  }

  return { drag, start }
}

const isSamePlace = (a: TaskPlace, b: TaskPlace) => a.column === b.column && a.before === b.before

function scrollAlong(y: number) {
  if (y < edgePixels) scrollBy(0, -edgePixels / 4)
  else if (y > innerHeight - edgePixels) scrollBy(0, edgePixels / 4)
}

/** In the nearest column, in front of the first card whose middle is below the pointer. */
function placeAt(
  board: HTMLElement | null,
  dragged: HTMLElement,
  { clientX, clientY }: PointerEvent,
): TaskPlace {
  const all = [...(board?.querySelectorAll<HTMLElement>('[data-column]') ?? [])]
  const column = all.sort((a, b) => distance(a, clientX, clientY) - distance(b, clientX, clientY))[0]
  const cards = [...(column?.querySelectorAll<HTMLElement>('[data-task-id]') ?? [])]
  const next = cards.find((card) => card !== dragged && middle(card) > clientY)
  return { column: column?.dataset['column'] as Column, before: next?.dataset['taskId'] }
}

function distance(element: Element, x: number, y: number): number {
  const { left, right, top, bottom } = element.getBoundingClientRect()
  return Math.hypot(Math.max(left - x, 0, x - right), Math.max(top - y, 0, y - bottom))
}

function middle(element: Element): number {
  const { top, bottom } = element.getBoundingClientRect()
  return (top + bottom) / 2
}
