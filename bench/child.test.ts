import { expect, it, onTestFinished } from 'vitest'
import { Child } from './child.ts'

async function startEcho(): Promise<Child> {
  const child = await Child.start(new URL('servers/echo.ts', import.meta.url))
  onTestFinished(() => child.stop())
  return child
}

it('a child answers its parent, and says what it has used', async () => {
  const child = await startEcho()
  expect(await child.call('start')).toEqual(expect.any(Number))
  expect(await child.cpuMicroseconds()).toBeGreaterThan(0)
  expect(await child.residentBytes()).toBeGreaterThan(1024 ** 2)
})

it('whoever calls hears what went wrong in the child', async () => {
  const child = await startEcho()
  await expect(child.call('sing')).rejects.toThrow(/echo\.ts: Error: nobody answers sing/)
})

it('nobody waits for a child that has ended', async () => {
  const child = await startEcho()
  // So that it cannot be faster than its end.
  process.kill(child.pid, 'SIGSTOP')
  const answer = child.call('start').catch(String)
  process.kill(child.pid, 'SIGKILL')
  expect(await answer).toMatch(/echo\.ts ended with SIGKILL/)
  await expect(child.call('start')).rejects.toThrow('ended with SIGKILL')
  await child.stop()
})
