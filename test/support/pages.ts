/** Where each page of the portal is found in the running product, and who reads it. */
import type { Browser, BrowserContext } from 'playwright-core'
import { openWindow, type View } from '#test/support/journey.ts'
import {
  demoPerson,
  expireLinks,
  giveCredit,
  newBankLink,
  newGuest,
  newProvenBuyer,
  newStaff,
  orderAutopay,
} from '#test/support/product-books.ts'
import { EXAMPLE_SHAPE, generateReceivables } from '#test/support/receivables-generator.ts'
import { routePatterns } from '#test/support/route-patterns.ts'
import {
  choose,
  goToCardPage,
  payInvoices,
  payWith,
  receipt,
  signIn,
  signInAsStaff,
  title,
} from '#test/support/steps.ts'

/** Nobody; a buyer; one with an authenticator app; a buyer of two customers; staff; staff who still have to give a code, or to set up their app. */
export type Reader = 'nobody' | 'buyer' | 'proven' | 'chooser' | 'staff' | 'half' | 'new'

/** One page to look at. `pattern` is its route; a route can be looked at in several states. */
export type PageToSee = { pattern: string; reader: Reader; path: string; state: string }

/** A few rows of the example file, one of them not readable. */
const IMPORT = generateReceivables(5, EXAMPLE_SHAPE)
  .csv.split('\r\n')
  .slice(0, 6)
  .map((line, index) => (index === 3 ? line.replace(/,No,|,Yes,/, ',Perhaps,') : line))
  .join('\r\n')

/** The routes that answer with a page. Others answer with files, or only send on. */
export function pagePatterns(): string[] {
  return [
    ...new Set(
      routePatterns()
        .filter(isPage)
        .map(({ pattern }) => pattern),
    ),
  ]
}

function isPage({ file }: { file: string }): boolean {
  return file.endsWith('.tsx') && !file.endsWith('/layout.tsx')
}

/** A window for each reader, signed in as far as they are. */
export async function openReaders(browser: Browser): Promise<Record<Reader, BrowserContext>> {
  const open = (): Promise<BrowserContext> => openWindow(browser, {})
  const readers = { nobody: await open(), buyer: await open(), chooser: await open() }
  const others = { staff: await open(), half: await open(), new: await open(), proven: await open() }
  await signIn(await readers.buyer.newPage(), demoPerson('Buyer: pays for Quillhaven'))
  await signIn(await readers.chooser.newPage(), demoPerson('Buyer: pays for two customers'))
  await signInAsStaff(await others.staff.newPage(), await newStaff('manager'))
  await signIn(await others.half.newPage(), await newStaff('clerk'))
  await signIn(await others.new.newPage(), await newStaff('clerk', false))
  const proven = await newProvenBuyer([12_500n])
  await orderAutopay(proven)
  await giveCredit(proven.id, 12_500n)
  await signInAsStaff(await others.proven.newPage(), proven, proven.method)
  return { ...readers, ...others }
}

/** The same reader in a window that is set differently. */
export async function sameReader(
  browser: Browser,
  reader: BrowserContext,
  view: View,
): Promise<BrowserContext> {
  const window = await openWindow(browser, view)
  await window.addCookies(await reader.cookies())
  return window
}

/** Every page, full of the demo's data, and the states that look different: nothing found, a form at fault. */
export async function pagesToSee(readers: Record<Reader, BrowserContext>): Promise<PageToSee[]> {
  const buyer = await ownPages(readers.buyer)
  const batch = await stageImport(readers.staff)
  const guest = await guestPages(readers.nobody)
  const method = new URL(readers.proven.pages()[0]?.url() ?? '').pathname
  const provenBase = method.replace(/\/methods.*$/, '')
  const bankLink = await newBankLink(provenBase, 'linked')
  await newBankLink(provenBase, 'review')
  const movement = await importMovement(readers.staff)
  const done = await payByCredit(readers.proven, method.replace(/\/methods.*$/, ''))
  const chargeback = await chargebackPage(readers.staff, buyer.takenBackPayment)
  const see = (pattern: string, reader: Reader, path = pattern, state = ''): PageToSee => ({
    pattern,
    reader,
    path,
    state,
  })
  const own = (rest: string, path = rest, state = ''): PageToSee =>
    see(`/c/:customerId${rest}`, 'buyer', buyer.base + path, state)
  const customer = buyer.base.replace('/c/', '/staff/customers/')
  return [
    see('/', 'nobody'),
    see('/check', 'nobody'),
    see('/sign-in', 'nobody'),
    see('/sign-in/link', 'nobody'),
    see('/sign-in/link', 'nobody', '/sign-in/link?sent', 'sent'),
    see('/sign-in/link/open', 'nobody', '/sign-in/link/open?token=a-token'),
    see('/sign-in/link/open', 'nobody', '/sign-in/link/open', 'spent'),
    see('/sign-in/code', 'half'),
    see('/sign-in/enrol', 'new'),
    see('/demo/authenticator', 'nobody'),
    see('/*', 'nobody', '/nowhere'),
    see('/sessions', 'buyer'),
    see('/customers', 'chooser'),
    see('/pay/return', 'buyer', `/pay/return?session_id=${buyer.checkout}`),
    own(''),
    own('/invoices'),
    own('/invoices', '/invoices?status=all&q=nothing+like+it', 'nothing found'),
    own('/invoices', '/invoices?due-from=tomorrow&min=much', 'at fault'),
    own('/invoices', `/invoices?${buyer.picks}`, 'chosen'),
    own('/invoices/:invoiceId', `/invoices/${buyer.openInvoice}`),
    own('/invoices/:invoiceId', `/invoices/${buyer.settledInvoice}`, 'settled'),
    own('/statement'),
    own('/statement', '/statement?from=2026-03-01&to=2026-01-01', 'at fault'),
    own('/open-items'),
    own('/credits'),
    own('/pay', `/pay?${buyer.picks}`),
    own('/pay', '/pay', 'nothing chosen'),
    see('/c/:customerId/pay/done/:paymentId', 'proven', done),
    see('/l/:token', 'nobody', guest.link),
    see('/l/:token', 'nobody', guest.expired, 'expired'),
    see('/l/:token/payments/:paymentId', 'nobody', guest.payment),
    see('/l/:token/payments/:paymentId/return', 'nobody', `${guest.payment}/return?session_id=none`),
    own('/methods'),
    see('/c/:customerId/methods', 'proven', method.replace(/\/met_.*$/, ''), 'a card that expires'),
    see('/c/:customerId/methods/add', 'proven', method.replace(/met_.*$/, 'add')),
    see('/c/:customerId/methods/:methodId', 'proven', method),
    see('/c/:customerId/autopay', 'proven', method.replace(/methods.*$/, 'autopay')),
    see('/c/:customerId/autopay/setup', 'proven', method.replace(/methods.*$/, 'autopay/setup')),
    own('/autopay', '/autopay', 'not set up'),
    see('/c/:customerId/methods/link/:linkId', 'proven', method.replace(/met_.*$/, `link/${bankLink}`)),
    own('/payments'),
    own('/payments/:paymentId', `/payments/${buyer.settledPayment}`, 'settled'),
    own('/payments/:paymentId', `/payments/${buyer.openPayment}`, 'waiting'),
    own('/payments/:paymentId', `/payments/${buyer.takenBackPayment}`, 'taken back'),
    see('/staff', 'staff'),
    see('/staff/customers', 'staff'),
    see('/staff/customers/:customerId', 'staff', customer),
    see('/staff/customers/:customerId/statement', 'staff', `${customer}/statement`),
    see('/staff/customers/:customerId/credits', 'staff', `${customer}/credits`),
    see('/staff/credit-requests', 'staff'),
    see('/staff/write-offs', 'staff'),
    see('/staff/settings/payments', 'staff'),
    see('/staff/customers/:customerId/open-items', 'staff', `${customer}/open-items`),
    see('/staff/invoices', 'staff'),
    see('/staff/invoices/:invoiceId', 'staff', `/staff/invoices/${buyer.openInvoice}`),
    see('/staff/payments', 'staff'),
    see('/staff/payments/new', 'staff'),
    see(
      '/staff/payments/new',
      'staff',
      `/staff/payments/new?customer=${buyer.base.replace('/c/', '')}`,
      'one customer',
    ),
    see('/staff/payments/:paymentId', 'staff', `/staff/payments/${buyer.settledPayment}`),
    see('/staff/refunds', 'staff'),
    see('/staff/chargebacks', 'staff'),
    see('/staff/chargebacks/:chargebackId', 'staff', chargeback),
    see('/staff/payments/:paymentId', 'staff', `/staff/payments/${buyer.takenBackPayment}`, 'taken back'),
    see('/staff/bank', 'staff'),
    see('/staff/bank', 'staff', '/staff/bank?view=statements', 'statements'),
    see('/staff/bank/:lineId', 'staff', movement),
    see(
      '/staff/bank/:lineId',
      'staff',
      `${movement}?customer=${buyer.base.replace('/c/', '')}`,
      'one customer',
    ),
    see('/staff/queues', 'staff'),
    see('/staff/exceptions', 'staff'),
    see('/staff/reconciliation', 'staff'),
    see('/staff/bank-links', 'staff'),
    see('/staff/audit', 'staff'),
    see('/staff/settings/fees', 'staff'),
    see('/staff/imports', 'staff'),
    see('/staff/imports/profiles/new', 'staff', '/staff/imports/profiles/new?column=Account&column=Amount'),
    see('/staff/imports/:batchId', 'staff', `/staff/imports/${batch}`),
  ]
}

type OwnPages = Record<
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
async function ownPages(buyer: BrowserContext): Promise<OwnPages> {
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
async function chargebackPage(staff: BrowserContext, paymentId: string): Promise<string> {
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
async function guestPages(nobody: BrowserContext): Promise<Record<'link' | 'expired' | 'payment', string>> {
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
async function payByCredit(reader: BrowserContext, base: string): Promise<string> {
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
async function stageImport(staff: BrowserContext): Promise<string> {
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
async function importMovement(staff: BrowserContext): Promise<string> {
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
