import { createSlice, type Store } from '@reduxjs/toolkit'
import { deviceStorage } from './device-storage.ts'
import { settingsSchema } from './model/settings-payloads.ts'
import { settingsInitial, settingsReducers, type Settings } from './model/settings.ts'

const key = 'sales-order.settings'

/** The settings of whoever has not signed in. They stay on this device: all such people are one user to the server. */
export const deviceSettingsSlice = createSlice({
  name: 'deviceSettings',
  initialState: keptSettings,
  reducers: settingsReducers,
})

function keptSettings(): Settings {
  try {
    return settingsSchema.parse(JSON.parse(deviceStorage.get(key) ?? ''))
  } catch {
    return settingsInitial
  }
}

/** Writes them down whenever they change. */
export function keepDeviceSettings(
  store: Pick<Store<{ deviceSettings: Settings }>, 'getState' | 'subscribe'>,
) {
  let last = store.getState().deviceSettings
  store.subscribe(() => {
    const { deviceSettings } = store.getState()
    if (deviceSettings === last) return
    last = deviceSettings
    deviceStorage.set(key, JSON.stringify(deviceSettings))
  })
}
