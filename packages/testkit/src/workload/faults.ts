import type { Step } from './steps.ts'

/** How often each of these comes, beside the others. */
export type Weighted<Value> = readonly (readonly [weight: number, value: Value])[]

interface FaultInfo {
  /** What it is, for whoever chooses. */
  readonly says: string
  /** Steps that come with it, beside the usual ones. */
  readonly steps?: Weighted<Step['do']>
  /** What happens, at least once each, in enough histories with it: else they have tested nothing. */
  readonly signs: readonly string[]
}

/** What may go wrong in a history, or be tight, or change under way. */
export const faults = {
  crashes: {
    says: 'the server dies and starts again',
    steps: [[2, 'crash']],
    signs: ['crash'],
  },
  cuts: {
    says: 'connections end before any frame, one or all of them',
    steps: [[2, 'cut all']],
    signs: ['cut', 'cut all'],
  },
  offline: {
    says: 'pages disconnect and connect',
    steps: [
      [3, 'offline'],
      [4, 'online'],
    ],
    signs: ['offline', 'online'],
  },
  'rejected-appends': {
    says: 'appends that fail, having written nothing',
    signs: ['rejected', 'rejected disk-full'],
  },
  'unknown-appends': {
    says: 'appends of which nobody knows how much was written',
    signs: ['unknown, written', 'unknown, not written'],
  },
  'failing-reads': { says: 'reads of the store that fail', signs: ['unread'] },
  'slow-readers': {
    says: 'clients that read more slowly than the server writes',
    signs: ['told afresh'],
  },
  rights: { says: 'rights that are given and revoked while subscribed', signs: ['gone'] },
  subscriptions: {
    says: 'pages that subscribe and unsubscribe',
    steps: [
      [4, 'subscribe'],
      [4, 'unsubscribe'],
    ],
    signs: ['unsubscribe'],
  },
  'short-queue': { says: 'a server that is soon busy', signs: ['rejected busy'] },
  'large-actions': {
    says: 'actions around the size of a frame',
    signs: ['rejected not-an-action'],
  },
  'large-records': {
    says: 'records that grow too large',
    signs: ['rejected record-too-large'],
  },
  'other-users': {
    says: 'users who take turns at a page',
    steps: [[2, 'log in']],
    signs: ['another user with actions pending'],
  },
  'one-cached-lane': { says: 'a server that remembers one lane', signs: ['push'] },
  'restored-backups': {
    says: 'the server put back to a backup',
    steps: [
      [1, 'back up'],
      [1, 'restore'],
    ],
    signs: ['restore'],
  },
  'half-open': {
    says: 'connections that lead nowhere, without a word',
    steps: [[4, 'mislead all']],
    signs: ['ping', 'pong'],
  },
  'expiring-logins': {
    says: 'logins that end and are renewed',
    signs: ['renewed', 'problem login-expired', 'told afresh'],
  },
  'frequent-checks': { says: 'clients that compare their records often', signs: ['check'] },
  deploys: {
    says: 'the next version of the models, on some pages earlier than on the server',
    steps: [[2, 'deploy']],
    signs: ['rejected newer-version', 'upcast', 'deploy'],
  },
  reloads: {
    says: 'pages that are reloaded, and devices that lose their power',
    steps: [
      [5, 'reload'],
      [1, 'power cut'],
    ],
    signs: ['reloaded with actions pending', 'power cut'],
  },
  tabs: {
    says: 'several pages on one device',
    steps: [
      [3, 'open tab'],
      [3, 'close tab'],
    ],
    signs: ['open tab', 'close tab'],
  },
  'frozen-pages': {
    says: 'pages that the browser freezes, and wakes after others took over their queue',
    steps: [
      [3, 'open tab'],
      [5, 'freeze'],
      [5, 'wake'],
    ],
    signs: ['freeze', 'taken-over'],
  },
  'failing-outboxes': {
    says: 'device storage that is full, fails or never opens',
    steps: [
      [5, 'storage'],
      [2, 'reload'],
    ],
    signs: ['storage is full', 'storage never opens'],
  },
  typing: { says: 'actions that are merged while they wait', signs: ['merged'] },
  discards: {
    says: 'pending actions that are given up or edited',
    steps: [
      [4, 'discard'],
      [2, 'edit'],
    ],
    signs: ['discard', 'cancelled', 'rejected cancelled'],
  },
  retries: {
    says: 'refused actions that are tried again or dismissed, also after a reload',
    steps: [
      [4, 'retry'],
      [1, 'dismiss'],
      [2, 'reload'],
    ],
    signs: ['retry', 'dismiss'],
  },
  'sign-out': {
    says: 'users who sign out with actions pending',
    steps: [
      [2, 'sign out'],
      [2, 'log in'],
      [2, 'online'],
    ],
    signs: ['signed out with actions pending'],
  },
  'offline-starts': {
    says: 'pages that open without a network',
    steps: [
      [3, 'start offline'],
      [3, 'network up'],
    ],
    signs: ['start offline'],
  },
} as const satisfies { readonly [name: string]: FaultInfo }

export type Fault = keyof typeof faults

export const faultNames = Object.keys(faults) as readonly Fault[]

export function faultInfo(fault: Fault): FaultInfo {
  return faults[fault]
}
