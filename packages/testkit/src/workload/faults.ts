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
const faults = {
  crashes: {
    says: 'servers that die, with or without what the disk had not synced, and start again',
    steps: [[2, 'crash']],
    signs: [
      'server: crash',
      'server: power lost',
      'disk: an append written and synced later',
      'disk: an append lost before it was synced',
      'disk: an append synced and not answered',
    ],
  },
  cuts: {
    says: 'connections that end between two frames or within one, singly or all together',
    steps: [[2, 'cut all']],
    signs: ['network: cut between frames', 'network: cut within a frame', 'network: all connections cut'],
  },
  offline: {
    says: 'pages disconnect and connect',
    steps: [
      [3, 'offline'],
      [4, 'online'],
    ],
    signs: ['client: disconnects', 'client: connects'],
  },
  storms: {
    says: 'all connections cut again and again, as soon as they are back',
    steps: [[1, 'storm']],
    signs: ['network: reconnect storm'],
  },
  standby: {
    says: 'a second server that takes over while the first still lives',
    steps: [[2, 'take over']],
    signs: ['server: a standby takes over', 'disk: an append superseded'],
  },
  disks: {
    says: 'a disk that is slow, stuck or full for a while',
    steps: [[4, 'disk']],
    signs: ['disk: slow', 'disk: stuck', 'disk: full', 'disk: an append no room'],
  },
  'wrong-clocks': {
    says: 'devices whose clocks are wrong, and servers whose clock is put back when they start again',
    steps: [[2, 'crash']],
    signs: ['server: its clock was put back', 'device: its clock is ahead'],
  },
  'many-clients': { says: 'eight devices of five users instead of three of two', signs: [] },
  'keyed-actions': {
    says: 'actions with a key of their own, sent again',
    steps: [[4, 'keyed']],
    signs: ['server: a key settled', 'server: a key told its first outcome'],
  },
  unstorable: {
    says: 'actions that the store cannot keep, among others that it can',
    signs: ['store: unstorable', 'message: rejected unstorable'],
  },
  development: {
    says: 'pages in development, with a reducer that is not pure',
    signs: ['client: not pure'],
  },
  'rejected-appends': {
    says: 'appends that fail, having written nothing',
    signs: ['store: rejected', 'message: put off disk-full'],
  },
  'unknown-appends': {
    says: 'appends of which nobody knows how much was written',
    signs: ['store: unknown, written', 'store: unknown, not written'],
  },
  'failing-reads': { says: 'reads of the store that fail', signs: ['store: unread'] },
  'slow-readers': {
    says: 'clients that read more slowly than the server writes',
    steps: [[3, 'slow down']],
    signs: ['network: a slow reader', 'server: told a client all afresh'],
  },
  rights: { says: 'rights that are given and revoked while subscribed', signs: ['message: gone'] },
  subscriptions: {
    says: 'pages that subscribe and unsubscribe',
    steps: [
      [4, 'subscribe'],
      [4, 'unsubscribe'],
    ],
    signs: ['client: unsubscribes'],
  },
  'short-queue': { says: 'a server that is soon busy', signs: ['message: put off busy'] },
  'large-actions': {
    says: 'actions around the size of a frame',
    signs: ['message: rejected not-an-action'],
  },
  'large-records': {
    says: 'records that grow too large',
    signs: ['message: rejected record-too-large'],
  },
  'other-users': {
    says: 'users who take turns at a page',
    steps: [[2, 'log in']],
    signs: ['client: another user with actions pending'],
  },
  'one-cached-lane': { says: 'a server that remembers one lane', signs: ['message: push'] },
  'restored-backups': {
    says: 'the server put back to a backup',
    steps: [
      [2, 'back up'],
      [2, 'restore'],
    ],
    signs: ['server: restored from a backup'],
  },
  'half-open': {
    says: 'connections that lead nowhere, in one direction or both, without a word',
    steps: [[4, 'mislead all']],
    signs: [
      'network: half-open, both',
      'network: half-open, up',
      'network: half-open, down',
      'network: two connections of one client',
    ],
  },
  'expiring-logins': {
    says: 'logins that end and are renewed',
    signs: ['message: renewed', 'message: problem login-expired', 'server: told a client all afresh'],
  },
  'frequent-checks': { says: 'clients that compare their records often', signs: ['message: check'] },
  deploys: {
    says: 'the next version of the models, on some pages earlier than on the server',
    steps: [[2, 'deploy']],
    signs: ['message: put off newer-version', 'server: upcast', 'server: deploy'],
  },
  reloads: {
    says: 'pages that are reloaded, and devices that lose their power',
    steps: [
      [5, 'reload'],
      [1, 'power cut'],
    ],
    signs: ['device: reload with actions pending', 'device: power lost'],
  },
  tabs: {
    says: 'several pages on one device',
    steps: [
      [3, 'open tab'],
      [3, 'close tab'],
    ],
    signs: ['device: another tab', 'device: tab closed'],
  },
  'frozen-pages': {
    says: 'pages that the browser freezes, and wakes after others took over their queue',
    steps: [
      [3, 'open tab'],
      [5, 'freeze'],
      [5, 'wake'],
    ],
    signs: ['device: page frozen', 'device: page woken', 'client: taken-over'],
  },
  'failing-outboxes': {
    says: 'device storage that is full, fails or never opens',
    steps: [
      [5, 'storage'],
      [2, 'reload'],
    ],
    signs: ['device: storage is full', 'device: storage never opens'],
  },
  typing: { says: 'actions that are merged while they wait', signs: ['client: merged'] },
  discards: {
    says: 'pending actions that are given up or edited',
    steps: [
      [4, 'discard'],
      [2, 'edit'],
    ],
    signs: [
      'client: discard',
      'client: edit',
      'client: cancelled what may be sent',
      'message: rejected cancelled',
    ],
  },
  retries: {
    says: 'refused actions that are tried again or dismissed, also after a reload',
    steps: [
      [4, 'retry'],
      [1, 'dismiss'],
      [2, 'reload'],
    ],
    signs: ['client: retry', 'client: dismiss'],
  },
  'sign-out': {
    says: 'users who sign out with actions pending',
    steps: [
      [2, 'sign out'],
      [2, 'log in'],
      [2, 'online'],
    ],
    signs: ['client: signed out with actions pending'],
  },
  'offline-starts': {
    says: 'pages that open without a network',
    steps: [
      [3, 'start offline'],
      [3, 'network up'],
    ],
    signs: ['device: page opened without a network'],
  },
} as const satisfies { readonly [name: string]: FaultInfo }

export type Fault = keyof typeof faults

export const faultNames = Object.keys(faults) as readonly Fault[]

export function faultInfo(fault: Fault): FaultInfo {
  return faults[fault]
}
