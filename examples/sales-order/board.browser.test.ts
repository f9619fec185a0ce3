import type { Locator, Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { boardSlice, tasksOf, type Board, type Column } from './src/model/board.ts'
import { openPage, useBrowser, waitMsMax } from './testing/people.ts'
import { RunningExample } from './testing/running-example.ts'

const { taskAdded } = boardSlice.actions

useBrowser()

const column = (page: Page, name: string) => page.getByRole('region', { name })
const titlesIn = (place: Locator) => place.locator('.task-title').allTextContents()

async function openBoard(example: RunningExample): Promise<Page> {
  const page = await openPage()
  await page.goto(example.url('board'))
  await page.getByTestId('board').waitFor()
  return page
}

const task = (id: string, title: string, inColumn: Column = 'todo') =>
  taskAdded({ id, title, note: '', column: inColumn })

it('lets people add, edit, move and remove tasks, and everybody sees it', async () => {
  const example = await RunningExample.start()
  const [ada, bob] = [await openBoard(example), await openBoard(example)]
  const newTask = column(ada, 'To do').getByLabel('New task')
  await newTask.fill('Count the bolts')
  await newTask.press('Enter')
  await ada.keyboard.type('Call Bob')
  await ada.keyboard.press('Enter')
  await bob.getByRole('button', { name: 'Edit Call Bob' }).click()
  await bob.getByLabel('Title').fill('Call Grace')
  await bob.getByLabel('Note').fill('Before noon')
  await bob.getByLabel('Column').selectOption('Doing')
  await bob.getByRole('button', { name: 'Save' }).click()

  await column(ada, 'Doing').getByText('Call Grace').waitFor()
  await column(ada, 'Doing').getByText('Before noon').waitFor()
  await ada.getByRole('button', { name: 'Remove Count the bolts' }).click()
  await ada.getByRole('button', { name: 'Remove task' }).click()
  await bob.getByText('Nothing is waiting.').waitFor()
  await expect
    .poll(async () => tasksOf(await example.stateOf<Board>('board')), { timeout: waitMsMax })
    .toEqual([expect.objectContaining({ title: 'Call Grace', note: 'Before noon', column: 'doing' })])
})

it('moves a task with the arrow keys, and the keyboard stays with it', async () => {
  const example = await RunningExample.start()
  await example.dispatch(task('a', 'First'), task('b', 'Second'), task('c', 'Third', 'doing'))
  const page = await openBoard(example)
  const handle = page.getByRole('button', { name: 'Move Second', exact: true })
  await handle.focus()
  await page.keyboard.press('ArrowUp')
  await expect.poll(() => titlesIn(column(page, 'To do'))).toEqual(['Second', 'First'])
  await expect.poll(() => handle.evaluate((element) => element === document.activeElement)).toBe(true)
  await page.keyboard.press('ArrowRight')
  await expect.poll(() => titlesIn(column(page, 'Doing'))).toEqual(['Second', 'Third'])
  await expect.poll(() => handle.evaluate((element) => element === document.activeElement)).toBe(true)
  await page.keyboard.press('ArrowRight')
  await expect.poll(() => titlesIn(column(page, 'Done'))).toEqual(['Second'])
  await page.getByText('Second is in Done now.').waitFor({ state: 'attached' })
})

it('moves a task with the mouse, and leaves it where it was after Escape', async () => {
  const example = await RunningExample.start()
  await example.dispatch(task('a', 'First'), task('b', 'Second'), task('c', 'Third', 'doing'))
  const page = await openBoard(example)
  await drag(page, 'First', 'Third')
  await page.keyboard.press('Escape')
  await page.mouse.up()
  expect(await titlesIn(column(page, 'Doing'))).toEqual(['Third'])

  await drag(page, 'First', 'Third')
  await page.mouse.up()
  expect(await titlesIn(column(page, 'Doing'))).toEqual(['First', 'Third'])
  expect(await page.getByRole('dialog').count()).toBe(0)
  await expect
    .poll(async () => tasksOf(await example.stateOf<Board>('board')).map(({ id }) => id))
    .toEqual(['b', 'a', 'c'])
})

/** Takes one card to the upper half of another, without letting it go. */
async function drag(page: Page, title: string, onto: string): Promise<void> {
  const from = (await page.getByText(title, { exact: true }).boundingBox())!
  const to = (await page.getByText(onto, { exact: true }).boundingBox())!
  await page.mouse.move(from.x + 8, from.y + 8)
  await page.mouse.down()
  await page.mouse.move(to.x + 8, to.y, { steps: 5 })
}
