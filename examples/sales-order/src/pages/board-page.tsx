import { useIsLoaded } from '@foldback/react'
import { BoardSkeleton } from '../components/board-skeleton.tsx'
import { Board } from '../components/board.tsx'
import { Refusals } from '../components/refusals.tsx'
import { WaitingText } from '../components/waiting-text.tsx'
import { useIsComing } from '../loaded.ts'
import { board } from '../model/models.ts'
import { useTasks } from '../tasks.ts'

export function BoardPage() {
  const tasks = useTasks()
  const isLoaded = useIsLoaded(board)
  const isComing = useIsComing(isLoaded) && tasks.length === 0
  return (
    <>
      <title>Board · Sales orders</title>
      <div className="page-heading">
        <h1>Board</h1>
      </div>
      <Refusals at={(place) => place === 'board'} />
      {!isLoaded && <WaitingText what="the board" />}
      {isComing ? <BoardSkeleton /> : <Board tasks={tasks} isLoaded={isLoaded} />}
    </>
  )
}
