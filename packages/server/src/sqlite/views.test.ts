import { describe, expect, it } from 'vitest'
import { viewsOf } from './views.ts'

const namesOf = (models: readonly string[], taken: readonly string[] = []) =>
  viewsOf(
    models.map((name, index) => ({ id: index + 1, name })),
    taken,
  ).map(({ name }) => name)

describe('viewsOf', () => {
  it('names views after their models', () => {
    expect(namesOf(['order', 'board'])).toEqual(['order', 'board', 'order_events', 'board_events'])
  })

  it('keeps names apart that SQLite would not', () => {
    expect(namesOf(['order', 'Order', 'order_events'])).toEqual([
      'order',
      'Order_',
      'order_events',
      'order_events_',
      'Order_events__',
      'order_events_events',
    ])
  })

  it('gives way to what is there already', () => {
    expect(namesOf(['order'], ['ORDER', 'order_'])).toEqual(['order__', 'order_events'])
  })

  it('does not use the names that SQLite keeps for itself', () => {
    expect(namesOf(['sqlite_x'])).toEqual(['model_sqlite_x', 'model_sqlite_x_events'])
  })

  it('quotes names', () => {
    expect(viewsOf([{ id: 1, name: 'a"b-c' }], [])[0]?.sql).toContain('CREATE VIEW "a""b-c" AS')
  })
})
