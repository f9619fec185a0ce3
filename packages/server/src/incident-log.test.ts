import { pino } from 'pino'
import { expect, it } from 'vitest'
import { IncidentLog } from './incident-log.ts'

function rig() {
  const lines: object[] = []
  const time = { nowMs: 0 }
  const log = pino(
    { level: 'info' },
    { write: (line: string) => void lines.push(JSON.parse(line) as object) },
  )
  return { lines, time, incidents: new IncidentLog(log, () => time.nowMs) }
}

it('says once in a while that the store fails, and how often it was not said', () => {
  const { lines, time, incidents } = rig()
  const full = { code: 'disk-full', message: 'The disk is full.' } as const
  for (let count = 0; count < 5; count += 1) incidents.write(full)
  incidents.write({ code: 'busy', message: 'Another thing.' })
  time.nowMs = 10_000
  incidents.write(full)
  expect(lines).toMatchObject([
    { level: 50, code: 'disk-full', msg: 'The disk is full.' },
    { level: 50, code: 'busy' },
    { level: 50, code: 'disk-full', unsaidCount: 4 },
  ])
})

it('says each one that is about an action, a record, a connection or a request', () => {
  const { lines, incidents } = rig()
  const about = [
    { model: 'order', id: '1' },
    { action: { type: 'order/created' } },
    { origin: { connectionId: 'c' } },
    { origin: { requestId: 'r' } },
  ]
  for (const each of [...about, ...about]) incidents.write({ code: 'internal', message: 'x', ...each })
  expect(lines).toHaveLength(8)
})

it('takes no id from a stranger that is too long for one', () => {
  const { lines, incidents } = rig()
  const action = { type: 'a', meta: { foldback: { id: 'x'.repeat(1_000) } } }
  incidents.write({ code: 'internal', message: 'x', action })
  expect(JSON.stringify(lines)).not.toContain('xxx')
})
