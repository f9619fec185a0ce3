import { useIsLoaded, usePending } from '@foldback/react'
import { deviceSettingsSlice } from './device-settings.ts'
import { settings } from './model/models.ts'
import { settingsSlice, type Settings } from './model/settings.ts'
import { useAppSelector } from './store.ts'
import { lastTheme } from './theme.ts'
import { useUserName } from './user.ts'

/** How the user likes it: on every device when they have signed in, else on this one. */
export function useSettings(): Settings {
  const isSignedIn = useUserName() !== undefined
  const ofUser = useAppSelector((state) => state.settings)
  const ofDevice = useAppSelector((state) => state.deviceSettings)
  const isLoaded = useIsLoaded(settings)
  const isThemeChosen = usePending(settings).some(settingsSlice.actions.themeChosen.match)
  if (!isSignedIn) return ofDevice
  // Until it is known, the page stays as it was here the last time.
  return isLoaded || isThemeChosen ? ofUser : { ...ofUser, theme: lastTheme() }
}

/** What changes those settings. */
export const useSettingsActions = () =>
  useUserName() === undefined ? deviceSettingsSlice.actions : settingsSlice.actions
