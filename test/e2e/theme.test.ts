import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { journey } from '#test/support/journey.ts'
import { title } from '#test/support/steps.ts'

const DARK = 'rgb(23, 22, 20)'
const LIGHT = 'rgb(251, 250, 247)'

const paper = (page: Page): Promise<string> =>
  page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor)

for (const javaScript of [true, false])
  journey(
    `A reader's choice of dark outlasts the page and is in the document before any script${javaScript ? '' : ', without scripts'}`,
    { javaScript, theme: 'light' },
    async ({ page }) => {
      await page.goto('/sign-in')
      expect(await paper(page)).toBe(LIGHT)
      await page.getByRole('button', { name: 'Dark' }).click()
      await expect.poll(() => paper(page)).toBe(DARK)
      expect(await page.getByRole('button', { name: 'Dark' }).getAttribute('aria-pressed')).toBe('true')

      // What the server sends is dark already: nothing flashes.
      const answer = await page.goto('/sign-in')
      expect(await answer?.text()).toMatch(/<html[^>]* data-theme="dark"/)
      await title(page, 'Sign in').waitFor()
      expect(await paper(page)).toBe(DARK)

      await page.getByRole('button', { name: 'System' }).click()
      await expect.poll(() => paper(page)).toBe(LIGHT)
    },
  )

journey('Without a choice the page is as the device says', { theme: 'dark' }, async ({ page }) => {
  await page.goto('/')
  expect(await paper(page)).toBe(DARK)
  await page.emulateMedia({ colorScheme: 'light' })
  expect(await paper(page)).toBe(LIGHT)
})
