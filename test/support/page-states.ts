/** States of pages that the demo's data do not have: each is brought about through the product, as its people would. */
import type { BrowserContext, Page } from 'playwright-core'
import type { PaymentId, PersonId } from '#app/books/ids.ts'
import { product } from '#test/support/journey.ts'
import { type Buyer, newCustomer, newStaff } from '#test/support/product-books.ts'
import { CARDS, choose, goToCardPage, title } from '#test/support/steps.ts'

// Their modules read the settings of the running product, which product-books has set by now.
const { asId, decodeId, encodeId, newId } = await import('#app/books/ids.ts')
const { parseCurrency } = await import('#app/money/currencies.ts')
const { money } = await import('#app/money/money.ts')
const { requireCardProcessor } = await import('#app/payments/card-processor.server.ts')
const { requestCredits } = await import('#app/payments/credits/credit-requests.server.ts')
const { readCredits } = await import('#app/payments/credits/credits.server.ts')
const { askForRefund } = await import('#app/payments/refunds/request-refund.server.ts')
const { requestWriteOff } = await import('#app/payments/write-offs/write-offs.server.ts')
const { db } = await import('#app/platform/db.server.ts')
const { issueCredit } = await import('#test/support/books.ts')

const USD = parseCurrency('USD')
const GOOD_ACCOUNT = { bank_account: '000123456789' }
const GOOD_CARD = { card: CARDS.good.replaceAll(' ', '') }
const TAKEN_BACK = { card: CARDS.takenBack.replaceAll(' ', '') }

/** How a payment can stand so that its page tells more than that it was paid. */
export const PAYMENT_STATES = {
  'on its way': 31_000n,
  deposits: 32_000n,
  failed: 33_000n,
  returned: 34_000n,
  'part refunded': 35_000n,
  'refund waits': 136_000n,
  'charged back': 37_000n,
} as const
export type PaymentInState = keyof typeof PAYMENT_STATES

/** Amounts of the invoices that `makePayments` pays, one for each state, in cents. */
export const PAYMENT_AMOUNTS: readonly bigint[] = Object.values(PAYMENT_STATES)

type Begun = { id: string; path: string; intent: string; paymentId: PaymentId }

/** One payment in each state, by a buyer with these invoices. Answers their ids as addresses carry them. */
export async function makePayments(
  reader: BrowserContext,
  buyer: Buyer,
): Promise<Record<PaymentInState, string>> {
  const page = await reader.newPage()
  const { id: manager } = await newStaff('manager')
  const pay = (state: PaymentInState, how: object): Promise<Begun> => payAlone(page, buyer, state, how)
  const onItsWay = await pay('on its way', GOOD_ACCOUNT)
  const deposits = await pay('deposits', { ...GOOD_ACCOUNT, entry: 'manual' })
  const failed = await pay('failed', GOOD_ACCOUNT)
  await control(`payments/${failed.intent}/fail?code=R01`)
  await isCalled(page, failed, 'This payment failed')
  const returned = await pay('returned', GOOD_ACCOUNT)
  await control(`payments/${returned.intent}/succeed`)
  await isCalled(page, returned, 'Paid and booked')
  await control(`payments/${returned.intent}/late_return?code=R10`)
  await isCalled(page, returned, 'Returned by the bank')
  const partRefunded = await pay('part refunded', GOOD_CARD)
  await isCalled(page, partRefunded, 'Paid and booked')
  await refund(partRefunded, 5_000n, manager)
  await isCalled(page, partRefunded, 'Paid, then refunded')
  const refundWaits = await pay('refund waits', GOOD_CARD)
  await isCalled(page, refundWaits, 'Paid and booked')
  await refund(refundWaits, 136_000n, manager)
  const chargedBack = await pay('charged back', TAKEN_BACK)
  await isCalled(page, chargedBack, 'Paid and booked')
  await lose(page, chargedBack)
  await page.close()
  return {
    ...{ 'on its way': onItsWay.id, deposits: deposits.id, failed: failed.id, returned: returned.id },
    ...{ 'part refunded': partRefunded.id, 'refund waits': refundWaits.id, 'charged back': chargedBack.id },
  }
}

/** Begins a payment of the invoice for this state, and does what its payer would on the card service's page. */
async function payAlone(page: Page, buyer: Buyer, state: PaymentInState, how: object): Promise<Begun> {
  const index = Object.keys(PAYMENT_STATES).indexOf(state)
  await choose(page, buyer.base, [buyer.numbers[index] ?? ''])
  const button = await page.getByRole('button', { name: /^Pay .\d/ }).textContent()
  await goToCardPage(page, (button ?? '').replace(/^Pay /, ''))
  const session = new URL(page.url()).pathname.split('/').at(-1) ?? ''
  const paid = await control<{ session: { payment_intent: string } }>(`sessions/${session}/pay`, how)
  await page.goto(`${buyer.base}/payments`)
  const newest = page.getByRole('table', { name: 'Payments' }).getByRole('link').first()
  const path = (await newest.getAttribute('href')) ?? ''
  const id = path.split('/').at(-1) ?? ''
  const paymentId = decodeId('pay', id)
  if (paymentId === null) throw new Error(`no payment is at ${path}`)
  return { id, path, paymentId, intent: paid.session.payment_intent }
}

/** Looks at the payment's page until it is called so. */
async function isCalled(page: Page, { path }: Begun, words: string): Promise<void> {
  for (let looks = 0; looks < 60; looks += 1) {
    await page.goto(path)
    if ((await title(page, words).count()) > 0) return
    await page.waitForTimeout(500)
  }
  throw new Error(`${path} is never called ${words}`)
}

/** The bank, which questions the payment by itself, decides for its customer. */
async function lose(page: Page, payment: Begun): Promise<void> {
  for (let looks = 0; looks < 60; looks += 1) {
    await page.goto(payment.path)
    if ((await page.getByText(/^Your bank took/).count()) > 0) break
    await page.waitForTimeout(500)
  }
  await control(`payments/${payment.intent}/dispute_lose`)
  await isCalled(page, payment, 'Paid, then taken back')
}

/** Calls the sandbox as its front page does. */
async function control<T = unknown>(path: string, body: object = {}): Promise<T> {
  const answer = await fetch(`${product.addresses['Payment sandbox and mailbox']}/_sandbox/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!answer.ok) throw new Error(`${path} answers ${answer.status}: ${await answer.text()}`)
  return JSON.parse(await answer.text())
}

async function refund({ paymentId }: Begun, minor: bigint, personId: PersonId): Promise<void> {
  const configured = requireCardProcessor()
  if (!configured.ok) throw new Error('no card service is configured')
  const asked = await askForRefund({
    ...{ processor: configured.processor, refundId: newId<'rfd'>(), paymentId, amount: money(minor, USD) },
    ...{ reason: 'requested_by_customer', source: { kind: 'any' }, by: { kind: 'staff', personId } },
  })
  if (!asked.ok) throw new Error(asked.refusal.code)
}

/** A write-off that waits for a second person, and credit whose use waits for staff. Answers ids as addresses carry them. */
export async function makeRequests(personId: PersonId): Promise<{ customer: string; invoice: string }> {
  const { id } = await newCustomer([90_000n])
  const invoice = await db.invoice.findFirstOrThrow({ where: { customerId: id } })
  const invoiceId = asId<'inv'>(invoice.id)
  const given = await requestWriteOff(
    { id: newId<'wof'>(), invoiceId, amount: money(80_000n, USD), reason: 'small_balance' },
    personId,
  )
  await issueCredit(id, 4_500n)
  const customerId = asId<'cst'>(id)
  const [credit] = await readCredits(customerId, USD)
  if (!given.ok || credit === undefined) throw new Error('nothing can be asked for')
  const asked = await requestCredits({
    ...{ customerId, formId: newId(), personId },
    uses: [{ source: credit.source, invoiceId, amount: money(2_000n, USD) }],
  })
  if (!asked.ok) throw new Error(asked.refusal.code)
  return { customer: encodeId('cst', id), invoice: encodeId('inv', invoiceId) }
}
