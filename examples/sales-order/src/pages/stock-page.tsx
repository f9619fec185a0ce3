import { useIsLoaded } from '@foldback/react'
import { ReceiveForm } from '../components/receive-form.tsx'
import { Refusals } from '../components/refusals.tsx'
import { StockTable } from '../components/stock-table.tsx'
import { WaitingText } from '../components/waiting-text.tsx'
import { useIsComing } from '../loaded.ts'
import { stock } from '../model/models.ts'
import { useStockItems } from '../stock.ts'

export function StockPage() {
  const items = useStockItems()
  const isLoaded = useIsLoaded(stock)
  const isComing = useIsComing(isLoaded) && items.length === 0
  return (
    <>
      <title>Stock · Sales orders</title>
      <div className="page-heading">
        <h1>Stock</h1>
      </div>
      <section className="panel stock" aria-label="Stock" aria-busy={isComing}>
        <Refusals at={(place) => place === 'stock'} />
        {!isLoaded && <WaitingText what="the stock" />}
        {items.length > 0 && <StockTable items={items} />}
        {items.length === 0 && isLoaded && (
          <p className="no-lines">Nothing is in stock yet. Receive the first goods here.</p>
        )}
        {isComing && <StockBones />}
        <ReceiveForm />
      </section>
    </>
  )
}

const StockBones = () => (
  <div aria-hidden="true" data-testid="loading">
    <div className="bone-head" />
    {[38, 26, 44].map((width) => (
      <div key={width} className="bone-line">
        <span className="bone" style={{ width: `${width}%` }} />
      </div>
    ))}
  </div>
)
