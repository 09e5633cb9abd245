/**
 * The pictures of docs/screens, from a freshly started demo: the account, an invoice list with a choice made, a receipt.
 * `node test/gallery/document-screens.ts ORIGIN [FOLDER]`. It pays two invoices of the demo with a test card.
 */
import { join } from 'node:path'
import { launchBrowser } from '#test/support/browser.ts'

const [origin = 'http://localhost:3000', folder = 'docs/screens'] = process.argv.slice(2)
const browser = await launchBrowser()
const page = await browser.newPage({
  baseURL: origin,
  viewport: { width: 1280, height: 880 },
  reducedMotion: 'reduce',
})

async function picture(name: string): Promise<void> {
  await page.mouse.move(0, 0)
  await page.evaluate(() => document.fonts.ready)
  await page.screenshot({ path: join(folder, `${name}.png`) })
}

const card = [
  ['E-mail', 'tobin@kestrelby.example'],
  ['Card number', '4242 4242 4242 4242'],
  ['Expiry', '12/34'],
  ['Security code', '123'],
  ['Name on card', 'Tobin Ashgrave'],
  ['ZIP or postal code', '10115'],
] as const

await page.goto('/sign-in')
await page.getByLabel('E-mail address').fill('tobin@kestrelby.example')
await page.getByLabel('Password').fill('copper lantern tidy otter')
await page.getByRole('button', { name: 'Sign in', exact: true }).click()
await page.getByRole('link', { name: 'Kestrelby Outfitters' }).click()
await page.getByRole('heading', { level: 1, name: 'Kestrelby Outfitters' }).waitFor({ state: 'attached' })
await picture('home')

await page.getByRole('navigation').getByRole('link', { name: 'Invoices' }).click()
for (const row of [0, 1]) await page.getByRole('checkbox').nth(row).check()
await picture('invoices')

await page.getByRole('button', { name: 'Review and pay' }).click()
await page.getByRole('button', { name: /^Pay \W?\d/ }).click()
for (const [label, text] of card) await page.getByLabel(label).fill(text)
await page.getByRole('button', { name: /^Pay / }).click()
await page.getByText('Recorded on the shared ledger, for good').first().waitFor()
await picture('receipt')
await browser.close()
