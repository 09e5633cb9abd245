import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { journey, openWindow, product } from '#test/support/journey.ts'
import { newBuyer } from '#test/support/product-books.ts'
import { payInvoices, signIn, title } from '#test/support/steps.ts'

/** Hands a file to the public page and waits for one of its three answers. */
async function check(page: Page, name: string, buffer: Buffer): Promise<void> {
  await page.setInputFiles('#file', { name, mimeType: 'application/octet-stream', buffer })
  await page.getByRole('button', { name: 'Check the file' }).click()
}

async function download(page: Page, link: string): Promise<Buffer> {
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: link }).click(),
  ])
  return readFileSync(await file.path())
}

journey(
  'A stranger checks a receipt in the browser, asking the chain directly',
  {},
  async ({ page, browser }) => {
    const buyer = await newBuyer([124_050n])
    await signIn(page, buyer)
    await payInvoices(page, buyer.base, buyer.numbers, '$1,240.50')
    await page
      .getByText(/^Recorded on the shared ledger/)
      .first()
      .waitFor()
    const pdf = await download(page, 'Receipt PDF')
    const json = await download(page, 'Disclosure file')

    const context = await openWindow(browser, {})
    const stranger = await context.newPage()
    const asked = new Set<string>()
    stranger.on('request', (request) => asked.add(new URL(request.url()).origin))
    await stranger.goto('/')
    await stranger.getByRole('link', { name: 'Check a receipt' }).click()
    await title(stranger, 'Check it yourself').waitFor()

    await check(stranger, 'receipt.pdf', pdf)
    await stranger.getByText('Verified: every entry of this file stands on the shared ledger.').waitFor()
    await stranger.getByText('Payment applied').first().waitFor()
    await stranger.getByText('Only the file inside the PDF was checked').waitFor()
    expect(asked).toContain(new URL(product.environment.CHAIN_RPC_URL ?? '').origin)

    await check(stranger, 'changed.json', Buffer.from(json.toString().replace('"124050"', '"124051"')))
    await stranger.getByText('Contradicted: at least one entry of this file is not true.').waitFor()

    await check(stranger, 'damaged.json', json.subarray(1))
    await stranger.getByText('The file is not JSON').waitFor()

    await stranger.getByLabel('No ledger').check()
    await check(stranger, 'receipt.json', json)
    await stranger.getByText('Consistent with itself, not verified.').waitFor()

    await stranger.getByLabel('A ledger that I type in').check()
    await stranger.getByLabel('Chain number').fill('31337')
    await check(stranger, 'receipt.json', json)
    await stranger.getByRole('alert').getByText('Enter the contract’s address').waitFor()
    await context.close()
  },
)

journey(
  'Without scripts, the page of the check offers the command line',
  { javaScript: false },
  async ({ page }) => {
    await page.goto('/check')
    await page.getByText('npm run verify -- receipt.pdf --origin').waitFor()
    expect(await page.getByRole('button', { name: 'Check the file' }).count()).toBe(0)
  },
)
