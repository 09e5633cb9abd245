import { readFileSync } from 'node:fs'
import { expect } from 'vitest'
import { journey, textOf } from '#test/support/journey.ts'
import { demoPerson } from '#test/support/product-books.ts'
import { rowsOf, signIn, title } from '#test/support/steps.ts'

for (const javaScript of [true, false])
  journey(
    `A buyer reads statement and open items of days past, on the page and as files${javaScript ? '' : ', without scripts'}`,
    { javaScript },
    async ({ page }) => {
      await signIn(page, demoPerson('Buyer: pays for Quillhaven'))
      const nav = page.getByRole('navigation', { name: 'Main' })
      const save = async (name: string): Promise<Buffer> => {
        const [download] = await Promise.all([
          page.waitForEvent('download'),
          page.getByRole('main').getByRole('link', { name, exact: true }).click(),
        ])
        return readFileSync(await download.path())
      }

      await nav.getByRole('link', { name: 'Statement' }).click()
      await title(page, 'Statement').waitFor()
      const to = await page.getByLabel('To', { exact: true }).inputValue()
      const from = `${Number(to.slice(0, 4)) - 1}${to.slice(4)}`
      await page.getByLabel('From').fill(from)
      await page.getByRole('button', { name: 'Show' }).click()
      await page.waitForURL(new RegExp(`from=${from}`))
      await expect.poll(() => page.getByRole('table').first().locator('tbody tr').count()).toBeGreaterThan(12)
      const rows = await rowsOf(page.getByRole('table').first())
      expect(rows.some((row) => /Invoice/.test(row))).toBe(true)
      expect(rows.some((row) => /Payment/.test(row))).toBe(true)
      expect((await save('PDF')).subarray(0, 5).toString()).toBe('%PDF-')
      expect((await save('CSV')).toString().split('\n').length).toBeGreaterThan(12)

      await page.getByLabel('From').fill(to)
      await page.getByLabel('To', { exact: true }).fill(from)
      await page.getByRole('button', { name: 'Show' }).click()
      await page.getByRole('heading', { name: 'There is a problem' }).waitFor()
      expect(await page.getByLabel('From').inputValue()).toBe(to)

      await nav.getByRole('link', { name: 'Open items' }).click()
      await title(page, 'Open items').waitFor()
      const today = await rowsOf(page.getByRole('table').last())
      await page.getByLabel('At the end of').fill(from)
      await page.getByRole('button', { name: 'Show' }).click()
      await page.waitForURL(new RegExp(`as-of=${from}`))
      await expect.poll(async () => rowsOf(page.getByRole('table').last())).not.toEqual(today)
      expect(await textOf(page.getByRole('main'))).toMatch(/1–30 days/)
      expect((await save('PDF')).subarray(0, 5).toString()).toBe('%PDF-')
      await page.goBack()
      await expect.poll(() => page.getByLabel('At the end of').inputValue()).toBe(to)
    },
  )
