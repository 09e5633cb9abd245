import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { journey } from '#test/support/journey.ts'
import { demoPerson } from '#test/support/product-books.ts'
import { signIn, title } from '#test/support/steps.ts'

const NUMBERS = '[data-label="Issued"]'

async function numbersOn(page: Page): Promise<string[]> {
  return page.getByRole('table', { name: 'Invoices' }).locator('a.row-link').allTextContents()
}

/** Every invoice of the list, page after page. */
async function numbersOnAllPages(page: Page): Promise<string[]> {
  const all = await numbersOn(page)
  const next = page.getByRole('button', { name: 'Next page' })
  while ((await next.count()) > 0) {
    const [last] = await numbersOn(page)
    await next.click()
    await expect.poll(async () => (await numbersOn(page))[0]).not.toBe(last)
    all.push(...(await numbersOn(page)))
  }
  return all
}

async function csvNumbers(page: Page): Promise<string[]> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Download CSV' }).click(),
  ])
  const [header = '', ...lines] = readFileSync(await download.path(), 'utf8')
    .trim()
    .split(/\r?\n/)
  const column = header.split(',').indexOf('Invoice')
  return lines.map((line) => line.split(',')[column] ?? '')
}

for (const javaScript of [true, false])
  journey(
    `A buyer filters invoices; address, back button and CSV agree with the list${javaScript ? '' : ', without scripts'}`,
    { javaScript },
    async ({ page, context }) => {
      await signIn(page, demoPerson('Buyer: pays for Quillhaven'))
      await page.getByRole('link', { name: 'Invoices', exact: true }).click()
      await title(page, 'Invoices').waitFor()
      await page.locator(NUMBERS).first().waitFor()
      const open = await numbersOnAllPages(page)
      expect(open.length).toBeGreaterThan(0)

      await page.getByLabel('Show').selectOption({ label: 'All' })
      await page.getByLabel('Sort by').selectOption({ index: 1 })
      await page.getByRole('button', { name: 'Apply' }).click()
      await page.waitForURL(/status=all/)
      // The address changes a moment before the rows do.
      await expect.poll(async () => (await numbersOn(page))[0]).not.toBe(open[0])
      const everything = await numbersOnAllPages(page)
      expect(everything.length).toBeGreaterThan(open.length)
      expect(new Set(everything).size).toBe(everything.length)
      expect(await csvNumbers(page)).toEqual(everything)

      const wanted = everything.at(-1) ?? ''
      await page.getByLabel('Search').fill(wanted)
      await page.getByRole('button', { name: 'Apply' }).click()
      await expect.poll(() => numbersOn(page)).toEqual([wanted])
      expect(await csvNumbers(page)).toEqual([wanted])

      // The address is the list: somebody else sees the same with it.
      const other = await context.newPage()
      await other.goto(page.url())
      await title(other, 'Invoices').waitFor()
      expect(await numbersOn(other)).toEqual([wanted])
      await other.close()

      await page.goBack()
      await expect.poll(async () => (await numbersOn(page)).length).toBeGreaterThan(1)

      await page.getByLabel('Search').fill('no such invoice')
      await page.getByRole('button', { name: 'Apply' }).click()
      await page.getByText('No invoice fits these filters').waitFor()
    },
  )
