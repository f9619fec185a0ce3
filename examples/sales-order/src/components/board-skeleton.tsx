import { columns } from '../model/board.ts'
import { columnTitles } from '../tasks.ts'

const widths = [72, 46, 60]

export function BoardSkeleton() {
  return (
    <div className="board" aria-busy="true" data-testid="loading">
      {columns.map((column) => (
        <section key={column} className="board-column" aria-hidden="true">
          <h2>{columnTitles[column]}</h2>
          <ul className="tasks">
            {widths.map((width) => (
              <li key={width} className="task">
                <span className="bone" style={{ width: `${width}%` }} />
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  )
}
