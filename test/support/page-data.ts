/** What the pages to look at are about: made or found in the running product, once for all of them. */
import type { BrowserContext } from 'playwright-core'
import { expireLinks, newGuest } from '#test/support/product-books.ts'
import { EXAMPLE_SHAPE, generateReceivables } from '#test/support/receivables-generator.ts'
import { choose, goToCardPage, payInvoices, payWith, receipt, title } from '#test/support/steps.ts'

/** A few rows of the example file, one of them not readable. */
const IMPORT = generateReceivables(5, EXAMPLE_SHAPE)
  .csv.split('\r\n')
  .slice(0, 6)
  .map((line, index) => (index === 3 ? line.replace(/,No,|,Yes,/, ',Perhaps,') : line))
  .join('\r\n')

/** Addresses and ids of what a buyer's pages show. */
export type OwnPages = Record<
  | 'base'
  | 'picks'
  | 'openInvoice'
  | 'settledInvoice'
  | 'openPayment'
  | 'settledPayment'
  | 'takenBackPayment'
  | 'checkout',
  string
>

/** Finds and makes what the buyer's pages need: a payment that settles, one that a bank takes back, one that waits. */
export async function ownPages(buyer: BrowserContext): Promise<OwnPages> {
  const page = await buyer.newPage()
  await page.goto('/customers')
  const base = new URL(page.url()).pathname
  await page.goto(`${base}/invoices`)
  const open = await page
    .getByRole('table', { name: 'Invoices' })
    .locator('tr:has([name=pick]) a.row-link')
    .all()
  const [first = '', second = '', third = '', ...rest] = await Promise.all(
    open.map((link) => link.textContent()),
  )
  if (rest.length === 0) throw new Error('the demo has too few open invoices')
  const picks = await page
    .locator('[name=pick]')
    .evaluateAll((boxes) => boxes.slice(3, 6).map((box) => `pick=${(box as HTMLInputElement).value}`))

  const sumOf = async (numbers: readonly (string | null)[]): Promise<string> => {
    await choose(page, base, numbers.map(String))
    const text = await page.getByRole('button', { name: /^Pay .\d/ }).textContent()
    return (text ?? '').replace(/^Pay /, '')
  }
  await payInvoices(page, base, [first, second].map(String), await sumOf([first, second]))
  await page.getByText('Recorded on the shared ledger').first().waitFor()
  const settledPayment = lastPart(page.url())
  const settledInvoice = lastPart(
    (await page.getByRole('article').getByRole('link').first().getAttribute('href')) ?? '',
  )
  await goToCardPage(page, await sumOf([rest.at(-1) ?? '']))
  await payWith(page, 'takenBack')
  await receipt(page)
  const takenBackPayment = lastPart(page.url())
  await goToCardPage(page, await sumOf([third]))
  const checkout = lastPart(page.url())
  await page.getByRole('link', { name: 'Cancel and go back' }).click()
  await page.getByRole('button', { name: 'Cancel this payment' }).waitFor()
  const openPayment = lastPart(page.url())
  const openInvoice = lastPart(
    (await page
      .getByRole('link', { name: /^Invoice / })
      .first()
      .getAttribute('href')) ?? '',
  )
  await page.close()
  return {
    ...{ base, picks: picks.join('&'), openInvoice, settledInvoice, openPayment, settledPayment },
    ...{ takenBackPayment, checkout },
  }
}

/** The page of the chargeback that follows the taken-back payment by itself, once it is there. */
export async function chargebackPage(staff: BrowserContext, paymentId: string): Promise<string> {
  const page = await staff.newPage()
  const link = page.getByRole('link', { name: 'See the chargeback' })
  for (let looks = 0; looks < 60 && (await link.count()) === 0; looks += 1) {
    await page.goto(`/staff/payments/${paymentId}`)
    await page.waitForTimeout(1_000)
  }
  const address = await link.getAttribute('href')
  await page.close()
  return address ?? ''
}

/** A link that is new, one that has expired, and a payment that waits, as whoever holds a link sees them. */
export async function guestPages(
  nobody: BrowserContext,
): Promise<Record<'link' | 'expired' | 'payment', string>> {
  const [guest, late, payer] = [await newGuest([20_000n]), await newGuest([300n]), await newGuest([4_000n])]
  await expireLinks(late.id)
  const page = await nobody.newPage()
  await page.goto(payer.path)
  await goToCardPage(page, '$40.00')
  await page.getByRole('link', { name: 'Cancel and go back' }).click()
  await page.getByRole('button', { name: 'Cancel this payment' }).waitFor()
  const payment = new URL(page.url()).pathname
  await page.close()
  return { link: guest.path, expired: late.path, payment }
}

/** Pays everything with credit; answers the path of the page that says so. */
export async function payByCredit(reader: BrowserContext, base: string): Promise<string> {
  const page = await reader.newPage()
  await page.goto(`${base}/pay?all=open`)
  await page.getByRole('button', { name: 'Pay with your credit' }).click()
  await title(page, 'Paid with your credit').waitFor()
  const { pathname } = new URL(page.url())
  await page.close()
  return pathname
}

function lastPart(address: string): string {
  return address.split('?')[0]?.split('/').at(-1) ?? ''
}

/** A file with a bad row; answers the id of its import. */
export async function stageImport(staff: BrowserContext): Promise<string> {
  const page = await staff.newPage()
  await page.goto('/staff/imports')
  await page
    .getByLabel('File')
    .setInputFiles({ name: 'november.csv', mimeType: 'text/csv', buffer: Buffer.from(IMPORT) })
  await page.getByLabel('Layout').selectOption('receivables-history')
  await page.getByRole('button', { name: 'Read and check the file' }).click()
  await page.getByText('Nothing was booked').waitFor()
  const batch = lastPart(page.url())
  await page.close()
  return batch
}

/** A bank statement with one movement; answers the address of its page. */
export async function importMovement(staff: BrowserContext): Promise<string> {
  const page = await staff.newPage()
  await page.goto('/staff/bank')
  await page.getByLabel('Bank statement').setInputFiles({
    name: 'bank.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from(
      'Date,Amount,Account,Currency,Payer,Description\n2026-02-27,1240.50,8219,USD,QUILLHAVEN COFFEE ROASTERS,Thank you\n',
    ),
  })
  await page.getByRole('button', { name: 'Import the statement' }).click()
  const link = page.getByRole('link', { name: 'QUILLHAVEN COFFEE ROASTERS' })
  await link.waitFor()
  const path = (await link.getAttribute('href')) ?? ''
  await page.close()
  return path
}
