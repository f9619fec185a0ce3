import { memoryStore } from '@foldback/testkit'
import { models, noteSlice } from '../../../test-support/order-models.ts'
import { createServer } from './create-server.ts'

const store = memoryStore()

void createServer({
  models,
  store,
  authenticate: ({ token }) =>
    token === undefined ? undefined : { actor: token, claims: { role: 'clerk' } },
  rules: {
    order: {
      canRead: (order, session) => !order.isSecret || session.actor === 'ada',
      guard: (order) => order === null || order.customer !== '' || 'It has no customer.',
    },
    theme: { canRead: (theme) => theme.color === 'grey' },
  },
})

void createServer({
  models,
  store,
  rules: {
    // @ts-expect-error there is no such model
    song: {},
  },
})

void createServer({
  models,
  store,
  rules: {
    order: {
      // @ts-expect-error an order has no such field
      canRead: (order) => order.color === 'grey',
      // @ts-expect-error there may be no record
      guard: (order) => order.customer !== '',
    },
  },
})

void createServer({
  models,
  store,
  rules: {
    order: {
      // @ts-expect-error a rule answers at once
      canRead: async () => true,
    },
  },
})

// @ts-expect-error there is no such option
void createServer({ models, store, port: 4000 })

void createServer({
  models,
  store,
  rules: {
    order: {
      // @ts-expect-error no payload has such a field
      canDispatch: ({ payload }) => payload.total > 0,
      // @ts-expect-error not every payload has a customer
      enrich: ({ payload, ...action }) => ({ ...action, payload: { customer: payload.customer } }),
    },
    // @ts-expect-error the payload is a string
    note: { guard: (_note, { payload }) => payload > 7 },
  },
})

// @ts-expect-error it is on, off, or what bounds it
void createServer({ models, store, development: 'yes' })

// @ts-expect-error there is no such bound
void createServer({ models, store, development: { comparedMax: 1 } })

// @ts-expect-error there is no such limit
void createServer({ models, store, limits: { speedMax: 1 } })

// @ts-expect-error slices are not models yet
void createServer({ models: [noteSlice], store })

// @ts-expect-error a store is made, not named
void createServer({ models, store: 'orders.db' })

// @ts-expect-error models are missing
void createServer({ store })

// @ts-expect-error a port is a number
void (await createServer({ models, store })).listen('4000')

// @ts-expect-error an actor is a string
void createServer({ models, store, authenticate: () => ({ actor: 7 }) })
