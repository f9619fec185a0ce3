import { answerCalls } from '../answering.ts'

/* Reads records over HTTP. */

const pageSize = 1_000

async function textOf(url: string): Promise<string> {
  const response = await fetch(url)
  const text = await response.text()
  if (!response.ok) throw new Error(`${url} answered ${text}`)
  return text
}

answerCalls({
  /** All records of the model; how many there are. */
  async all({ port }: { readonly port: number }): Promise<number> {
    let count = 0
    let after: string | null = ''
    while (after !== null) {
      const text = await textOf(
        `http://127.0.0.1:${port}/records/salesOrder?limit=${pageSize}&after=${encodeURIComponent(after)}`,
      )
      const page = JSON.parse(text) as { readonly records: readonly unknown[]; readonly next: string | null }
      count += page.records.length
      after = page.next
    }
    return count
  },

  /** One record; its version. */
  async one({ port, id }: { readonly port: number; readonly id: string }): Promise<number> {
    const text = await textOf(`http://127.0.0.1:${port}/records/salesOrder/${id}`)
    return (JSON.parse(text) as { readonly version: number }).version
  },
})
