/** Where each page of the portal is found in the running product, and who reads it. */
import type { Browser, BrowserContext } from 'playwright-core'
import { openWindow, type View } from '#test/support/journey.ts'
import {
  chargebackPage,
  guestPages,
  importMovement,
  ownPages,
  payByCredit,
  stageImport,
} from '#test/support/page-data.ts'
import {
  makePayments,
  makeRequests,
  PAYMENT_AMOUNTS,
  type PaymentInState,
} from '#test/support/page-states.ts'
import {
  demoPerson,
  giveCredit,
  newBankLink,
  newBuyer,
  newEarlyBuyer,
  newProvenBuyer,
  newStaff,
  orderAutopay,
} from '#test/support/product-books.ts'
import { routePatterns } from '#test/support/route-patterns.ts'
import { signIn, signInAsStaff } from '#test/support/steps.ts'

/**
 * Nobody; a buyer; one with an authenticator app; one whose payments stand in every way; one who earns a discount and has credit; a
 * buyer of two customers; staff; staff who still have to give a code, or to set up their app.
 */
export type Reader = 'nobody' | 'buyer' | 'proven' | 'payer' | 'early' | 'chooser' | 'staff' | 'half' | 'new'

/** One page to look at. `pattern` is its route; a route can be looked at in several states. */
export type PageToSee = { pattern: string; reader: Reader; path: string; state: string }

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
  return { ...readers, ...others, payer: await open(), early: await open() }
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
  const { early, payer, payments } = await payersPages(readers)
  const requests = await makeRequests((await newStaff('clerk')).id)
  await compareBooks(readers.staff)
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
  const customer = staffBase(buyer.base)
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
    see('/c/:customerId/credits', 'early', `${early.base}/credits`, 'some'),
    see('/c/:customerId/pay', 'early', `${early.base}/pay?all=open`, 'discount and credit'),
    own('/payments'),
    see('/c/:customerId/payments', 'payer', `${payer.base}/payments`, 'every state'),
    see('/c/:customerId', 'payer', payer.base, 'much under way'),
    ...Object.entries(payments).flatMap(([state, id]) => [
      see('/c/:customerId/payments/:paymentId', 'payer', `${payer.base}/payments/${id}`, state),
      see('/staff/payments/:paymentId', 'staff', `/staff/payments/${id}`, state),
    ]),
    own('/payments/:paymentId', `/payments/${buyer.settledPayment}`, 'settled'),
    own('/payments/:paymentId', `/payments/${buyer.openPayment}`, 'waiting'),
    own('/payments/:paymentId', `/payments/${buyer.takenBackPayment}`, 'taken back'),
    see('/staff', 'staff'),
    see('/staff/customers', 'staff'),
    see('/staff/customers/:customerId', 'staff', customer),
    see('/staff/customers/:customerId/statement', 'staff', `${customer}/statement`),
    see('/staff/customers/:customerId', 'staff', staffBase(provenBase), 'with autopay'),
    see('/staff/customers/:customerId/credits', 'staff', `${customer}/credits`),
    see(
      '/staff/customers/:customerId/credits',
      'staff',
      `/staff/customers/${requests.customer}/credits`,
      'some',
    ),
    see('/staff/credit-requests', 'staff'),
    see('/staff/write-offs', 'staff'),
    see('/staff/settings/payments', 'staff'),
    see('/staff/customers/:customerId/open-items', 'staff', `${customer}/open-items`),
    see('/staff/invoices', 'staff'),
    see('/staff/invoices/:invoiceId', 'staff', `/staff/invoices/${buyer.openInvoice}`),
    see(
      '/staff/invoices/:invoiceId',
      'staff',
      `/staff/invoices/${requests.invoice}`,
      'a write-off asked for',
    ),
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
    see('/staff/chargebacks', 'staff', '/staff/chargebacks?show=ended', 'ended'),
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

/** Where staff read about a customer. */
function staffBase(base: string): string {
  return base.replace('/c/', '/staff/customers/')
}

/** Buyers whose pages show what the demo has not: payments in every state, and a cart with discount and credit. */
async function payersPages({ payer: payerWindow, early: earlyWindow }: Record<Reader, BrowserContext>) {
  const early = await newEarlyBuyer(100_000n)
  await giveCredit(early.id, 12_500n)
  await signIn(await earlyWindow.newPage(), early)
  const payer = await newBuyer(PAYMENT_AMOUNTS, ['view', 'pay', 'dispute'])
  await signIn(await payerWindow.newPage(), payer)
  const payments: Record<PaymentInState, string> = await makePayments(payerWindow, payer)
  return { early, payer, payments }
}

/** Has the books compared with every other side, and waits until that is done. */
async function compareBooks(staff: BrowserContext): Promise<void> {
  const page = await staff.newPage()
  await page.goto('/staff/reconciliation')
  await page.getByRole('button', { name: 'Compare now' }).click()
  const nothing = page.getByText('None was made yet')
  for (let looks = 0; looks < 60 && (await nothing.count()) > 0; looks += 1) {
    await page.waitForTimeout(500)
    await page.goto('/staff/reconciliation')
  }
  await page.close()
}
