/**
 * How a refusal counts. *final*: it is recorded, and the same action will never be accepted. *transient*: nothing
 * is recorded, and the sender may send the same action again when the cause has gone. *fatal*: it is not about an
 * action; what asked for it cannot go on.
 */
export type Finality = 'final' | 'transient' | 'fatal'

interface ErrorEntry {
  readonly finality: Finality
  /** The HTTP status that says the same. */
  readonly status: number
  /** What happened and what to do next, for the person who reads it. */
  readonly message: string
}

/** Every code that Foldback itself gives. `docs/errors.md` lists the same, and a test compares the two. */
export const errors = {
  // What came in cannot be read.
  'not-json': {
    finality: 'final',
    status: 400,
    message:
      'This is not JSON. Send one JSON object, such as {"type":"salesOrder/created","payload":{"id":"1"}}.',
  },
  'not-an-action': {
    finality: 'final',
    status: 400,
    message:
      'This is JSON, but not an action. An action is an object with a string "type", and a "payload" where its type needs one; "meta", where given, is an object.',
  },
  'forbidden-key': {
    finality: 'final',
    status: 400,
    message:
      'A key named __proto__, constructor or prototype is not accepted anywhere in an action. Rename it.',
  },
  'too-deep': {
    finality: 'final',
    status: 400,
    message:
      "The action nests objects or lists too deeply. Flatten it, or raise the server's limit actionDepthMax.",
  },
  'frame-too-large': {
    finality: 'final',
    status: 413,
    message:
      'The frame or body is larger than this server reads. Send less at once, or raise its limit frameBytesMax.',
  },
  'not-a-message': {
    finality: 'fatal',
    status: 400,
    message:
      'This is not a message of the sync protocol. docs/protocol.md lists them; for plain actions connect without a subprotocol.',
  },
  'out-of-turn': {
    finality: 'fatal',
    status: 400,
    message: 'This message is not possible here: a session begins with one hello, and only one.',
  },
  'protocol-version': {
    finality: 'fatal',
    status: 426,
    message:
      'This server speaks the subprotocol foldback.v1 only. Update the client, or the server if it is the older one.',
  },
  'foreign-origin': {
    finality: 'fatal',
    status: 403,
    message:
      "A page of an origin that this server does not know has asked, and was refused. If it is one of yours, name its origin in the server's option origins, such as origins: ['https://app.example.com'].",
  },
  'invalid-request': {
    finality: 'fatal',
    status: 400,
    message: 'The request is not complete or a parameter has a wrong form.',
  },
  'not-found': {
    finality: 'fatal',
    status: 404,
    message:
      'There is nothing at this address. The doors are POST /actions, GET /records/:model, GET /records/:model/:id and GET /events/:model/:id.',
  },
  'method-not-allowed': {
    finality: 'fatal',
    status: 405,
    message: 'This address does not take that method; the Allow header names those that it takes.',
  },

  // The action is refused.
  'unknown-type': {
    finality: 'transient',
    status: 422,
    message:
      'No model of this server handles an action of this type. Check its spelling, or deploy the server that knows it.',
  },
  'invalid-payload': {
    finality: 'final',
    status: 422,
    message: 'The payload does not fit the schema of this action.',
  },
  'no-stream-id': {
    finality: 'final',
    status: 422,
    message:
      "The action does not say which record it is for: its model's streamId found no id (a string of 1 to 200 characters).",
  },
  'no-such-record': { finality: 'final', status: 404, message: 'There is no such record. Create it first.' },
  forbidden: {
    finality: 'final',
    status: 403,
    message: 'You may not do this. Ask somebody who administers your rights.',
  },
  refused: {
    finality: 'final',
    status: 409,
    message: "The server's rules refuse this action on the record as it is now.",
  },
  'reducer-threw': {
    finality: 'final',
    status: 422,
    message:
      'The reducer threw on this action, so it was not recorded. The sentence of its error is attached.',
  },
  'state-not-json': {
    finality: 'final',
    status: 422,
    message:
      'The reducer made a state that JSON cannot carry (such as a Date, a Map, NaN or a promise), so the action was not recorded. Keep dates as numbers or ISO strings.',
  },
  'action-not-json': {
    finality: 'final',
    status: 422,
    message:
      'The action cannot be written as JSON (a cycle or a BigInt), so it could be neither sent nor kept.',
  },
  'record-too-large': {
    finality: 'final',
    status: 413,
    message:
      'With this action the record would be larger than this server keeps. Split the record, or raise its limit recordBytesMax.',
  },
  'rule-threw': {
    finality: 'final',
    status: 500,
    message:
      "A rule of this server threw on the action, so it was not recorded. The server's log has the error.",
  },
  'upcast-failed': {
    finality: 'final',
    status: 422,
    message:
      "The action was written under an older version of its model, whose upcast threw on it or gave no action back. The server's log has the error; mend the upcast, and do it again.",
  },
  cancelled: {
    finality: 'final',
    status: 409,
    message: 'The action was given up by its user before it was settled.',
  },
  unstorable: {
    finality: 'final',
    status: 500,
    message: "The store cannot keep this action, alone or with others. The server's log has the error.",
  },

  // Later, perhaps.
  unauthenticated: {
    finality: 'transient',
    status: 401,
    message: 'Sign in first: the token is missing, wrong or expired.',
  },
  'login-expired': {
    finality: 'transient',
    status: 401,
    message: 'The login has expired. Sign in again; actions that wait are sent then.',
  },
  busy: {
    finality: 'transient',
    status: 503,
    message: 'The server has more to do than it can queue. Send it again in a moment.',
  },
  'disk-full': {
    finality: 'transient',
    status: 507,
    message: "The server's disk is full, so nothing can be recorded until there is room. Reading goes on.",
  },
  'store-failed': {
    finality: 'transient',
    status: 503,
    message:
      "The store did not take the action, and nothing was recorded. Send it again; the server's log has the error.",
  },
  'unknown-outcome': {
    finality: 'transient',
    status: 503,
    message:
      'The store did not say whether the action was recorded. Look at the record before you send it again, or send actions with a meta.foldback.id.',
  },
  'lane-gap': {
    finality: 'transient',
    status: 409,
    message:
      'An action before this one in its lane has not arrived or is waiting. Send the lane again from the number after its mark.',
  },
  'newer-version': {
    finality: 'transient',
    status: 409,
    message:
      'The action was written under a newer version of its model than this server has. Update the server; until then the action waits.',
  },
  closing: {
    finality: 'transient',
    status: 503,
    message: 'The server is shutting down. Connect again in a moment.',
  },

  // Sessions and reading.
  'lane-taken': {
    finality: 'fatal',
    status: 403,
    message:
      'This lane belongs to another user. A page makes a random lane of its own and uses it for one user only.',
  },
  'other-user': {
    finality: 'fatal',
    status: 403,
    message: "The new token is another user's than the session. Connect again to go on as that user.",
  },
  silent: {
    finality: 'fatal',
    status: 408,
    message:
      'Nothing was heard of this client for silentMsMax milliseconds. Connect again, and send a ping when there is nothing else to say.',
  },
  'unknown-model': { finality: 'fatal', status: 404, message: 'This server has no model of that name.' },
  'not-readable': { finality: 'fatal', status: 403, message: 'You may not read this record.' },
  'too-many-subscriptions': {
    finality: 'fatal',
    status: 429,
    message:
      'This session holds as many subscriptions as the server allows. Let some go, subscribe to the whole model, or raise subscriptionsPerSessionMax.',
  },
  'no-such-version': { finality: 'fatal', status: 404, message: 'The record has no such version (yet).' },
  internal: { finality: 'fatal', status: 500, message: 'The server failed at this. Its log has the error.' },
  diverged: {
    finality: 'fatal',
    status: 500,
    message:
      "A client had folded this record into another state than the server, with the same version of its model; it gets the server's. Look for a reducer that uses more than its state and its action, and raise the model's version whenever its behaviour changes.",
  },

  // The client.
  misconfigured: { finality: 'fatal', status: 500, message: 'An option or a model is not usable as it is.' },
  'not-dispatched': {
    finality: 'fatal',
    status: 400,
    message:
      'This object was not dispatched as an action for a record of a synced model, so there is no outcome to wait for. An action in which no streamId finds an id stays on this device.',
  },
  'not-bound': {
    finality: 'fatal',
    status: 500,
    message:
      'sync.middleware is not in a store yet. Add it as the last middleware, and spread sync.reducers into the reducer.',
  },
  'outbox-failed': {
    finality: 'fatal',
    status: 500,
    message:
      'An action could not be written to the outbox of this device, so it is not safe from a reload yet. It is tried again; free some space on the device.',
  },
  'outbox-unavailable': {
    finality: 'fatal',
    status: 500,
    message:
      'This device keeps nothing for this page (private mode, or its storage is broken or full), so pending actions last only as long as the page. Keep it open until they are settled.',
  },
  'outbox-in-use': {
    finality: 'fatal',
    status: 500,
    message:
      'Another process uses this outbox, or another outbox of this process has the same file. Stop it, or give each a file of its own.',
  },
  discarded: {
    finality: 'fatal',
    status: 409,
    message: 'The action was discarded before it was sent, so it has no outcome.',
  },
  'taken-over': {
    finality: 'fatal',
    status: 409,
    message:
      'This page was asleep, and another page has taken the action over and sends it. Its effect comes with the record.',
  },
  'too-late': {
    finality: 'fatal',
    status: 409,
    message: 'The action is settled, so it can be neither changed nor discarded. Dispatch another one.',
  },
  'history-lost': {
    finality: 'fatal',
    status: 409,
    message:
      'The server was put back to an earlier state, and actions that it had accepted are lost. Look at what is there now, and do again what is missing.',
  },

  // The server and its store.
  'port-unavailable': {
    finality: 'fatal',
    status: 500,
    message: 'The server cannot listen on its port. Stop the program that has it, or choose another port.',
  },
  'sqlite-too-old': {
    finality: 'fatal',
    status: 500,
    message:
      'This SQLite can corrupt a database in WAL mode. Use a Node.js whose SQLite is 3.51.3 or later (Node 24.15 has it; `node -p process.versions.sqlite` tells).',
  },
  'not-a-foldback-database': {
    finality: 'fatal',
    status: 500,
    message:
      'The file is a database of another program, or no database. Nothing was changed in it. Choose another path.',
  },
  'database-newer': {
    finality: 'fatal',
    status: 500,
    message: 'The database was written by a newer Foldback. Update this one; nothing was changed.',
  },
  'database-unusable': {
    finality: 'fatal',
    status: 500,
    message:
      'The database cannot be opened for writing. Check that its folder exists or can be made, and that this user may write there.',
  },
  'writer-superseded': {
    finality: 'fatal',
    status: 503,
    message:
      'Another process has opened this database for writing, so this one has stopped writing. Run one server for each database file.',
  },
} as const satisfies Record<string, ErrorEntry>

export type ErrorCode = keyof typeof errors

/** The HTTP status for a code, also one of the application's own: those are refusals by a rule, 409. */
export function statusOf(code: string): number {
  return Object.hasOwn(errors, code) ? errors[code as ErrorCode].status : 409
}
