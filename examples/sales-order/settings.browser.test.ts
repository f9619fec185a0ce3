import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { salesOrderSlice } from './src/model/sales-order.ts'
import { isOffline, isSettled } from './testing/order-screen.ts'
import { keysOnDevice, openPage, useBrowser, waitMsMax } from './testing/people.ts'
import { RunningExample } from './testing/running-example.ts'

useBrowser()

async function openAs(example: RunningExample, name?: string): Promise<Page> {
  const page = await openPage()
  await page.goto(example.url())
  if (name !== undefined) await signIn(page, name)
  await page.getByRole('status').getByText('Live').waitFor()
  return page
}

async function signIn(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: 'Sign in' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Your name').fill(name)
  await dialog.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('banner').getByRole('button', { name }).waitFor()
}

async function inAccount(page: Page, act: (dialog: ReturnType<Page['getByRole']>) => Promise<void>) {
  await page.locator('.account').click()
  await act(page.getByRole('dialog'))
  await page.keyboard.press('Escape')
}

const chooseTheme = (page: Page, name: string) =>
  inAccount(page, (dialog) => dialog.getByText(name, { exact: true }).click())

const schemeOf = (page: Page) => page.evaluate(() => getComputedStyle(document.documentElement).colorScheme)

it('follows a user from device to device, and nobody else', async () => {
  const example = await RunningExample.start()
  await example.dispatch(salesOrderSlice.actions.created({ id: 'SO-1', customer: 'Acme' }))
  const [laptop, phone] = [await openAs(example, 'Ada'), await openAs(example, 'Ada')]
  const [bob, nobody] = [await openAs(example, 'Bob'), await openAs(example)]
  const drafts = (page: Page) => page.getByRole('radio', { name: 'Drafts' })

  await chooseTheme(laptop, 'Dark')
  await laptop.getByText('Drafts').click()
  await expect.poll(() => schemeOf(phone)).toBe('dark')
  await expect.poll(() => drafts(phone).isChecked()).toBe(true)
  for (const other of [bob, nobody]) {
    expect(await schemeOf(other)).toBe('light dark')
    expect(await drafts(other).isChecked()).toBe(false)
  }

  await phone.reload()
  await expect.poll(() => schemeOf(phone)).toBe('dark')
  await expect.poll(() => drafts(phone).isChecked()).toBe(true)
})

it('has other settings for whoever signs in next, and those of the device for nobody in particular', async () => {
  const example = await RunningExample.start()
  const page = await openAs(example)
  await chooseTheme(page, 'Light')
  await signIn(page, 'Ada')
  await chooseTheme(page, 'Dark')
  await expect.poll(() => schemeOf(page)).toBe('dark')
  await page.getByTestId('changes-waiting').waitFor({ state: 'detached' })
  await inAccount(page, (dialog) => dialog.getByRole('button', { name: 'Sign out' }).click())
  await expect.poll(() => schemeOf(page)).toBe('light')
  await signIn(page, 'Bob')
  await expect.poll(() => schemeOf(page)).toBe('light dark')
  await page.getByRole('status').getByText('Live').waitFor()
})

it('keeps what somebody has not saved yet until they are back, and shows it to nobody else', async () => {
  const example = await RunningExample.start()
  const page = await openAs(example, 'Ada')
  const account = page.getByRole('dialog')
  await page.getByRole('link', { name: 'Board' }).click()
  await page.getByText('Nothing is waiting.').waitFor()
  await example.kill()
  await isOffline(page)
  await page.getByPlaceholder('New task').first().fill('Buy tea')
  await page.keyboard.press('Enter')
  await page.getByTestId('task').waitFor()

  await page.locator('.account').click()
  await account.getByText('If you sign out, it waits on this device until you sign in again.').waitFor()
  await account.getByRole('button', { name: 'Sign out' }).click()
  await account.waitFor({ state: 'detached' })
  await page.getByRole('banner').getByRole('button', { name: 'Sign in' }).waitFor()
  await page.getByTestId('task').waitFor({ state: 'detached' })
  await example.start()
  await isSettled(page)
  expect(await example.events('shared', 'board')).toEqual([])

  await signIn(page, 'Ada')
  await page.getByTestId('task').getByText('Buy tea').waitFor()
  await isSettled(page)
  expect(await example.events('shared', 'board')).toMatchObject([{ actor: 'Ada' }])
})

it('has what this device keeps of somebody who signs in without a connection, and gives them nothing of others', async () => {
  const example = await RunningExample.start()
  await example.dispatch(salesOrderSlice.actions.created({ id: 'SO-1', customer: 'Acme' }))
  const page = await openAs(example, 'Ada')
  const tasks = page.getByTestId('task')
  await page.getByTestId('order-row').waitFor()
  await expect
    .poll(() => keysOnDevice(page, 'listing/'), { timeout: waitMsMax })
    .toContainEqual(expect.stringContaining('Ada'))
  await example.kill()
  await isOffline(page)
  await inAccount(page, (dialog) => dialog.getByRole('button', { name: 'Sign out' }).click())
  await page.getByRole('link', { name: 'Board' }).click()
  await page.getByPlaceholder('New task').first().fill('Buy tea')
  await page.keyboard.press('Enter')
  await tasks.waitFor()

  await signIn(page, 'Ada')
  await tasks.waitFor({ state: 'detached' })
  await page.getByRole('link', { name: 'Orders', exact: true }).click()
  await page.getByTestId('order-row').getByText('Acme').waitFor()
  await page.getByTestId('list-total').waitFor()
  await example.start()
  await isSettled(page)
  expect(await example.events('shared', 'board')).toEqual([])
  await inAccount(page, (dialog) => dialog.getByRole('button', { name: 'Sign out' }).click())
  const actors = async () => (await example.events('shared', 'board')).map(({ actor }) => actor)
  await expect.poll(actors, { timeout: waitMsMax }).toEqual(['anonymous'])
})

it('says why signing out takes long on a device that is full, and ends when there is room', async () => {
  const example = await RunningExample.start()
  const page = await openPage({ expected: /^Foldback: An action could not be written/ })
  await page.goto(example.url('board'))
  await signIn(page, 'Ada')
  await isSettled(page)
  await page.getByText('Nothing is waiting.').waitFor()
  await example.kill()
  await isOffline(page)
  await page.evaluate(() => {
    const { put } = IDBObjectStore.prototype
    const full = () => {
      throw new DOMException('There is no room.', 'QuotaExceededError')
    }
    Object.assign(IDBObjectStore.prototype, { put: full })
    Object.assign(globalThis, { makeRoom: () => Object.assign(IDBObjectStore.prototype, { put }) })
  })
  await page.getByPlaceholder('New task').first().fill('Buy tea')
  await page.keyboard.press('Enter')
  await page.getByText('You are offline. Leave this page open.').waitFor()

  await page.locator('.account').click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Sign out' }).click()
  await dialog.getByText('the device may be full').waitFor()
  await page.getByTestId('connection').getByText('Changing users').waitFor()
  expect(await page.getByTestId('loading').count()).toBe(0)
  await page.evaluate(() => (globalThis as unknown as { makeRoom(): void }).makeRoom())
  await dialog.waitFor({ state: 'detached' })
  await page.getByRole('banner').getByRole('button', { name: 'Sign in' }).waitFor()

  await example.start()
  await signIn(page, 'Ada')
  await page.getByTestId('task').getByText('Buy tea').waitFor()
  await isSettled(page)
  expect(await example.events('shared', 'board')).toMatchObject([{ actor: 'Ada' }])
})

it('signs in and out in all tabs at once, and loses nothing that was written in any of them', async () => {
  const example = await RunningExample.start()
  const first = await openAs(example, 'Ada')
  await isSettled(first)
  const second = await openPage({ beside: first })
  const [tabs, tasks] = [[first, second], second.getByTestId('task')]
  const isIn = (page: Page, name: string) => page.getByRole('banner').getByRole('button', { name }).waitFor()
  await second.goto(example.url('board'))
  await second.getByText('Nothing is waiting.').waitFor()
  await isSettled(second)
  await example.kill()
  for (const tab of tabs) await isOffline(tab)
  await second.getByPlaceholder('New task').first().fill('Buy tea')
  await second.keyboard.press('Enter')
  await tasks.waitFor()

  await second.locator('.account').click()
  await inAccount(first, (dialog) => dialog.getByRole('button', { name: 'Sign out' }).click())
  await isIn(second, 'Sign in')
  await tasks.waitFor({ state: 'detached' })
  await second.getByRole('dialog').waitFor({ state: 'detached' })
  await signIn(second, 'Bob')
  await isIn(first, 'Bob')
  await example.start()
  for (const tab of tabs) await isSettled(tab)
  await second.getByText('Nothing is waiting.').waitFor()
  expect(await example.events('shared', 'board')).toEqual([])

  await inAccount(second, (dialog) => dialog.getByRole('button', { name: 'Sign out' }).click())
  await isIn(first, 'Sign in')
  await signIn(first, 'Ada')
  await isIn(second, 'Ada')
  await tasks.getByText('Buy tea').waitFor()
  for (const tab of tabs) await isSettled(tab)
  expect(await example.events('shared', 'board')).toMatchObject([{ version: 1, actor: 'Ada' }])
})

it('writes the name of whoever has signed in into the history', async () => {
  const example = await RunningExample.start()
  const page = await openAs(example, 'Ada')
  await page.getByRole('link', { name: 'Board' }).click()
  await page.getByPlaceholder('New task').first().fill('Buy tea')
  await page.keyboard.press('Enter')
  const actors = async () => (await example.events('shared', 'board')).map(({ actor }) => actor)
  await expect.poll(actors).toEqual(['Ada'])
})
