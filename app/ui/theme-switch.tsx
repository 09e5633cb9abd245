import type { ReactNode } from 'react'
import { useFetcher, useLocation } from 'react-router'
import { parseTheme, THEMES, type Theme } from './theme.ts'

const WORDS: Record<Theme, string> = { system: 'System', light: 'Light', dark: 'Dark' }

/** Light, dark or as the system says: a plain form, so it works without JavaScript and lasts in a cookie. */
export function ThemeSwitch({ current }: { current: Theme }): ReactNode {
  const fetcher = useFetcher()
  const { pathname, search } = useLocation()
  const chosen = parseTheme(fetcher.formData?.get('theme')) ?? current
  return (
    <fetcher.Form method="post" action="/theme" className="theme-switch">
      <input type="hidden" name="returnTo" value={pathname + search} />
      <fieldset className="theme-switch__choices">
        <legend className="sr-only">Appearance</legend>
        {THEMES.map((theme) => (
          <button key={theme} type="submit" name="theme" value={theme} aria-pressed={theme === chosen}>
            {WORDS[theme]}
          </button>
        ))}
      </fieldset>
    </fetcher.Form>
  )
}
