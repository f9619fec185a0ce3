import type { Theme } from '../model/settings.ts'
import { useSettings, useSettingsActions } from '../settings.ts'
import { useAppDispatch } from '../store.ts'

const themes: readonly [Theme, string][] = [
  ['system', 'As the device'],
  ['light', 'Light'],
  ['dark', 'Dark'],
]

export function ThemeChoice() {
  const dispatch = useAppDispatch()
  const { themeChosen } = useSettingsActions()
  const { theme: chosen } = useSettings()
  return (
    <fieldset className="theme">
      <legend>Theme</legend>
      <div className="tabs">
        {themes.map(([theme, label]) => (
          <label key={theme} className="tab">
            <input
              type="radio"
              name="theme"
              className="visually-hidden"
              checked={theme === chosen}
              onChange={() => dispatch(themeChosen(theme))}
            />
            {label}
          </label>
        ))}
      </div>
    </fieldset>
  )
}
