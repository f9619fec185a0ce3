import { useIsComing } from '../loaded.ts'
import { WaitingText } from './waiting-text.tsx'

export function OrderSkeleton() {
  if (!useIsComing(false)) return <WaitingText what="the order" />
  return (
    <div className="order" aria-busy="true" data-testid="loading">
      <header className="order-header">
        <WaitingText what="the order" />
        <p className="order-facts" aria-hidden="true">
          <span className="bone" style={{ width: '9em' }} />
        </p>
        <div className="customer" aria-hidden="true">
          <span className="bone bone-title" style={{ width: 'min(16em, 80%)' }} />
        </div>
      </header>
      <div className="panel order-lines-panel" aria-hidden="true">
        <div className="bone-head" />
        {[58, 42, 66].map((width) => (
          <div key={width} className="bone-line">
            <span className="bone" style={{ width: `${width}%` }} />
          </div>
        ))}
      </div>
      <div className="panel order-summary" aria-hidden="true">
        <span className="bone" style={{ width: '60%' }} />
        <span className="bone" style={{ width: '45%' }} />
        <span className="bone bone-title" style={{ width: '80%' }} />
      </div>
    </div>
  )
}
