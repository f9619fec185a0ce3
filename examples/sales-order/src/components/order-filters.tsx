import type { SortOrder, StatusFilter } from '../model/settings.ts'
import { formatNumber } from '../money.ts'
import { useSettings, useSettingsActions } from '../settings.ts'
import { useAppDispatch, useAppSelector } from '../store.ts'
import { searchChanged } from '../ui-slice.ts'

const statuses: readonly [StatusFilter, string][] = [
  ['all', 'All'],
  ['draft', 'Drafts'],
  ['submitted', 'Submitted'],
  ['shipped', 'Shipped'],
  ['cancelled', 'Cancelled'],
]

export function OrderFilters({ counts }: { counts: Record<StatusFilter, number> | undefined }) {
  return (
    <div className="filters" role="search">
      <StatusTabs counts={counts} />
      <SearchField />
      <SortSelect />
    </div>
  )
}

function SearchField() {
  const dispatch = useAppDispatch()
  const search = useAppSelector((state) => state.ui.search)
  return (
    <input
      type="search"
      className="input search"
      dir="auto"
      aria-label="Search by number, customer or SKU"
      placeholder="Search orders"
      value={search}
      onChange={(event) => dispatch(searchChanged(event.target.value))}
    />
  )
}

function StatusTabs({ counts }: { counts: Record<StatusFilter, number> | undefined }) {
  const dispatch = useAppDispatch()
  const { statusFilterChosen } = useSettingsActions()
  const { status: selected } = useSettings()
  return (
    <fieldset className="tabs">
      <legend className="visually-hidden">Status</legend>
      {statuses.map(([status, label]) => (
        <label key={status} className="tab">
          <input
            type="radio"
            name="status"
            className="visually-hidden"
            checked={status === selected}
            onChange={() => dispatch(statusFilterChosen(status))}
          />
          {label}
          {counts && <span className="tab-count">{formatNumber(counts[status])}</span>}
        </label>
      ))}
    </fieldset>
  )
}

function SortSelect() {
  const dispatch = useAppDispatch()
  const { sortChosen } = useSettingsActions()
  const { sort } = useSettings()
  return (
    <select
      className="input sort"
      aria-label="Sort"
      value={sort}
      onChange={(event) => dispatch(sortChosen(event.target.value as SortOrder))}
    >
      <option value="newest">Newest first</option>
      <option value="customer">Customer</option>
      <option value="total">Largest total</option>
    </select>
  )
}
