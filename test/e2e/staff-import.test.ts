import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import AxeBuilder from '@axe-core/playwright'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { launchBrowser } from '#test/support/browser.ts'
import { newStaff } from '#test/support/product-books.ts'
import { EXAMPLE_SHAPE, generateReceivables } from '#test/support/receivables-generator.ts'
import { signInAsStaff } from '#test/support/steps.ts'

const product = inject('product')
const folder = mkdtempSync(join(tmpdir(), 'quittance-e2e-import-'))
const { csv } = generateReceivables(11, { ...EXAMPLE_SHAPE, others: { count: 401, minor: 2_000_000n } })
let browser: Browser

const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}

async function openImports(javaScriptEnabled: boolean): Promise<Page> {
  const context = await browser.newContext({
    baseURL: product.origin,
    javaScriptEnabled,
    viewport: { width: 1280, height: 900 },
  })
  const page = await context.newPage()
  await signInAsStaff(page, await newStaff('clerk'), '/staff/imports')
  await page.getByRole('heading', { name: 'Imports', level: 1 }).waitFor()
  return page
}

async function upload(page: Page, path: string, layout: string): Promise<void> {
  await page.getByLabel('File').setInputFiles(path)
  await page.getByLabel('Layout').selectOption(layout)
  await page.getByRole('button', { name: 'Read and check the file' }).click()
}

beforeAll(async () => {
  browser = await launchBrowser()
})
afterAll(async () => {
  await browser.close()
  rmSync(folder, { recursive: true, force: true })
})

test('Without scripts a clerk sees the bad rows of a file, and books a good one after its dry run', async () => {
  const page = await openImports(false)
  const lines = csv.split('\r\n')
  const broken = lines.map((line, index) =>
    [5, 100].includes(index) ? line.replace(/,No,|,Yes,/, ',Perhaps,') : line,
  )

  await upload(page, file('broken.csv', broken.join('\r\n')), 'receivables-history')
  await page.getByText('Nothing was booked').waitFor({ timeout: 30_000 })
  const rows = page.getByRole('table').getByRole('row')
  expect(await rows.nth(1).textContent()).toMatch(/6[\s\S]*Disputed[\s\S]*YES_NO_NOT_READABLE/)
  expect(await rows.nth(2).textContent()).toMatch(/101/)
  expect(await page.getByRole('button', { name: 'Book all of it' }).count()).toBe(0)

  await page.getByRole('link', { name: 'All imports' }).click()
  await upload(page, file('good.csv', csv), 'receivables-history')
  await page.getByText('Every row can be booked').waitFor({ timeout: 30_000 })
  expect(await page.getByRole('main').textContent()).toContain('500 for 25,725.06')
  await page.getByRole('button', { name: 'Book all of it' }).click()
  await page.getByText('The totals in the books are those of the file').waitFor({ timeout: 30_000 })
  expect(await page.getByRole('main').textContent()).toContain('In the books now in USD')
  await page.context().close()
})

test('With scripts a clerk maps the columns of an unknown layout once and imports by it; axe finds nothing', async () => {
  const page = await openImports(true)
  const clean = async (): Promise<void> => {
    const { violations } = await new AxeBuilder({ page }).analyze()
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([])
  }
  await clean()
  const east = file(
    'east.csv',
    'Account;Invoice no;Invoice date;Due date;Amount\nEAST-1;E-1;5.1.2026;4.2.2026;1.240,50\n',
  )
  await upload(page, east, '+map')
  await page.getByRole('heading', { name: 'Map columns' }).waitFor()
  expect(await page.getByLabel('Due date').inputValue()).toBe('Due date')
  await clean()
  await page.getByRole('button', { name: 'Save the layout' }).click()
  await page.getByRole('alert').waitFor()
  await page.getByLabel('Name of the layout').fill('east')
  await page.getByLabel('What it is').fill('The eastern branch')
  await page.getByLabel('Source').fill('erp-east')
  await page.getByLabel('Dates').selectOption('D.M.YYYY')
  await page.getByLabel('Numbers').selectOption(',')
  await page.getByLabel('Currency of every row').fill('EUR')
  await page.getByRole('button', { name: 'Save the layout' }).click()
  await page.getByRole('heading', { name: 'Imports', level: 1 }).waitFor()
  expect(await page.getByLabel('Layout').inputValue()).toBe('east')
  await upload(page, east, 'east')
  await page.getByText('Every row can be booked').waitFor({ timeout: 30_000 })
  expect(await page.getByRole('main').textContent()).toContain('1 for 1,240.50')
  await clean()
  await page.setViewportSize({ width: 320, height: 800 })
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
  expect(overflow).toBeLessThanOrEqual(0)
  await page.context().close()
})

test('A stranger is sent to sign in', async () => {
  const context = await browser.newContext()
  const stranger = await context.request.get(`${product.origin}/staff/imports`, { maxRedirects: 0 })
  expect(stranger.status()).toBe(302)
  await context.close()
})
