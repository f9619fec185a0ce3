import type { History } from './history.ts'
import type { HistoryDevice } from './history-device.ts'
import { doInWorld } from './do-in-world.ts'
import { doOnPage } from './do-on-page.ts'
import { type DeviceStep, isDeviceStep, type Step } from './steps.ts'

/** Pages that are open on one device. */
const pagesMax = 3

/** Lets one thing happen. */
export async function doStep(history: History, step: Step): Promise<void> {
  if (!('client' in step)) return doInWorld(history, step)
  const device = history.devices[step.client % history.devices.length]!
  if (isDeviceStep(step)) return doOnDevice(history, step, device)
  const page = device.page(step.tab)
  if (page !== undefined) doOnPage(history, step, page, device)
}

async function doOnDevice(history: History, step: DeviceStep, device: HistoryDevice): Promise<void> {
  const { chronicle } = history
  switch (step.do) {
    case 'power cut':
      chronicle.happened('device: power lost')
      return device.cutPower()
    case 'open tab':
      chronicle.happened('device: another tab')
      if (device.pages.length < pagesMax) device.open()
      return
    case 'start offline':
      chronicle.happened('device: page opened without a network')
      await history.startOffline(device)
      return
    case 'network up':
      return device.device.setOnline(true)
    case 'storage':
      chronicle.happened(`device: storage ${step.storage}`)
      return device.setStorage(step.storage)
    case 'slow down':
      chronicle.happened(step.isSlow ? 'network: a slow reader' : 'network: a slow reader is quick again')
      device.isSlow = step.isSlow
      return
  }
}
