import { WaitingText } from './waiting-text.tsx'

const rows = [62, 38, 54, 45, 70, 34, 58, 49]

export function OrderListSkeleton() {
  return (
    <section aria-label="Orders" aria-busy="true" className="order-list" data-testid="loading">
      <WaitingText what="the orders" />
      <div className="order-columns-head" aria-hidden="true" />
      <ul className="order-rows" aria-hidden="true">
        {rows.map((width) => (
          <li key={width} className="order-row">
            <span className="order-link">
              <span className="order-id">
                <span className="bone" style={{ width: '5.5em' }} />
              </span>
              <span className="order-customer">
                <span className="bone" style={{ width: `${width}%` }} />
              </span>
              <span className="order-marks">
                <span className="bone" style={{ width: '5em' }} />
              </span>
              <span className="order-line-count" />
              <span className="order-total amount">
                <span className="bone" style={{ width: '6em' }} />
              </span>
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}
