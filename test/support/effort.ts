/** Counts what paying asks of a person on our own pages: the screens on which they have to act, and the boxes they have to fill in. */
import type { BrowserContext } from 'playwright-core'

declare global {
  interface Window {
    tellEffort: (kind: string, title: string, name: string) => Promise<void>
  }
}

export type Effort = {
  /** Titles of the pages on which something was pressed, in the order of the first time. */
  readonly screens: ReadonlySet<string>
  /** Names of the boxes that were filled in, with the page's title. */
  readonly fields: ReadonlySet<string>
}

/** Counts from now on, on pages of this origin; the card service's own pages are not ours to count. */
export async function countEffort(context: BrowserContext, origin: string): Promise<Effort> {
  const [screens, fields] = [new Set<string>(), new Set<string>()]
  await context.exposeBinding('tellEffort', ({ page }, kind: string, title: string, name: string) => {
    if (new URL(page.url()).origin !== origin) return
    if (kind === 'field') fields.add(`${title}: ${name}`)
    else screens.add(title)
  })
  await context.addInitScript(() => {
    const tell = (kind: string, name = ''): void => {
      const title = document.querySelector('h1')?.textContent ?? document.title
      void window.tellEffort(kind, title, name)
    }
    addEventListener(
      'click',
      ({ target }) => {
        if (target instanceof Element && target.closest('a, button, summary') !== null) tell('screen')
      },
      true,
    )
    addEventListener(
      'input',
      ({ target }) => {
        if (target instanceof HTMLInputElement || target instanceof HTMLSelectElement)
          tell('field', target.name)
      },
      true,
    )
  })
  return { screens, fields }
}
