import type { Refusal } from './refusal.ts'
import type { Board, BoardAction } from './src/model/board.ts'

const tasksMax = 500

/** What the board does not allow. */
export function boardRefusal(board: Board | null, action: BoardAction): Refusal | undefined {
  if (!board) return undefined
  switch (action.type) {
    case 'board/taskAdded':
      return cannotAdd(board, action.payload.id)
    case 'board/taskChanged':
    case 'board/taskMoved':
      return missing(board, action.payload.id)
    case 'board/taskRemoved':
      return undefined // somebody else was faster, and nothing is left to do
  }
}

function cannotAdd(board: Board, id: string): Refusal | undefined {
  if (board.ids.includes(id)) {
    return {
      code: 'task-exists',
      message: 'There is a task with this id already. Change it, or add one with another id.',
    }
  }
  if (board.ids.length < tasksMax) return undefined
  return {
    code: 'board-full',
    message: 'The board has 500 tasks. Remove some that are done, then add this one.',
  }
}

function missing(board: Board, id: string): Refusal | undefined {
  if (board.ids.includes(id)) return undefined
  return {
    code: 'no-such-task',
    message: 'Somebody has removed this task. Add it again if it is still to be done.',
  }
}
