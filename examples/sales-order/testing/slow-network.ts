import type { Page, WebSocketRoute } from 'playwright-core'

/** Between a page and its server: what is on its way while it is paused arrives later, in order. */
export async function slowNetwork(page: Page): Promise<{ pause(): void; resume(): void }> {
  let isPaused = false
  const late: (() => void)[] = []
  const relay = (to: WebSocketRoute) => (message: string | Buffer) => {
    if (isPaused) late.push(() => to.send(message))
    else to.send(message)
  }
  await page.routeWebSocket('**', (toPage) => {
    const toServer = toPage.connectToServer()
    toPage.onMessage(relay(toServer))
    toServer.onMessage(relay(toPage))
  })
  return {
    pause: () => (isPaused = true),
    resume: () => {
      isPaused = false
      for (const arrive of late.splice(0)) arrive()
    },
  }
}
