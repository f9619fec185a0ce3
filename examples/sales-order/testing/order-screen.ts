import type { Locator, Page } from 'playwright-core'
import type { SalesOrder } from '../src/model/sales-order.ts'
import { formatCents } from '../src/money.ts'

/** What a person sees of an order. */
export interface SeenOrder {
  readonly customer: string | null
  readonly status: string | null
  readonly total: string | null
  readonly lines: readonly { readonly id: string | null; readonly quantity: string }[]
}

/** What is to be seen of a record. */
export const seen = ({ customer, status, total, lines }: SalesOrder): SeenOrder => ({
  customer,
  status,
  total: formatCents(total),
  lines: lines.map(({ id, quantity }) => ({ id, quantity: String(quantity) })),
})

/** Any page has no connection. */
export const isOffline = (page: Page) => page.getByTestId('connection').getByText('Offline').waitFor()

/** Any page is connected, with everything saved. */
export async function isSettled(page: Page): Promise<void> {
  await page.getByTestId('connection').getByText('Live').waitFor()
  await page.getByTestId('changes-waiting').waitFor({ state: 'detached' })
}

/** The page of one order, used as a person does: by what is written on it. */
export class OrderScreen {
  readonly page: Page

  constructor(page: Page) {
    this.page = page
  }

  async addLine(sku: string, quantity: number, unitPrice: string): Promise<void> {
    const form = this.page.getByRole('form', { name: 'Add a line' })
    await form.getByLabel('SKU').fill(sku)
    await form.getByLabel('Quantity').fill(String(quantity))
    await form.getByLabel('Unit price').fill(unitPrice)
    await form.getByRole('button', { name: 'Add line' }).click()
  }

  async oneMore(sku: string): Promise<void> {
    await this.page.getByRole('button', { name: `One more ${sku}` }).click()
  }

  async changeCustomer(customer: string): Promise<void> {
    await this.page.getByRole('button', { name: 'Edit customer' }).click()
    await this.page.getByRole('textbox', { name: 'Customer' }).fill(customer)
    await this.page.keyboard.press('Enter')
  }

  row(sku: string): Locator {
    return this.page.getByTestId('line-row').filter({ hasText: sku })
  }

  get refusal(): Locator {
    return this.page.getByTestId('refusal')
  }

  get waiting(): Locator {
    return this.page.getByTestId('changes-waiting')
  }

  /** Not saved yet. */
  get pendingMarks(): Locator {
    return this.page.getByTestId('pending')
  }

  async isOffline(): Promise<void> {
    await isOffline(this.page)
  }

  /** Connected, with everything saved. */
  async isSettled(): Promise<void> {
    await isSettled(this.page)
  }

  async read(): Promise<SeenOrder> {
    return this.page.getByTestId('order').evaluate((order) => {
      const text = (name: string) => order.querySelector(`[data-testid="${name}"]`)?.textContent ?? null
      const rows = [...order.querySelectorAll('[data-testid="line-row"]')]
      return {
        customer: text('customer'),
        status: text('status')?.toLowerCase() ?? null,
        total: text('order-total'),
        lines: rows.map((row) => ({
          id: row.getAttribute('data-line-id'),
          quantity: row.querySelector<HTMLInputElement>('[data-testid="quantity"]')?.value ?? '',
        })),
      }
    })
  }
}
