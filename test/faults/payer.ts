import { setTimeout as sleep } from 'node:timers/promises'
import type { Random } from '#scripts/seeded-random.ts'
import type { Stores } from '#test/faults/accounts.ts'
import type { OpenInvoice } from '#test/faults/open-invoices.ts'
import { type Page, patiently, readCartForm } from '#test/faults/visitor.ts'

/** What a payer saw of one payment. */
export type Deed = {
  /** As addresses carry it; null when no cart could be opened. */
  paymentId: string | null
  amountMinor: bigint
  /** The card page said that the card was taken. */
  cardTaken: boolean
  /** A page of the portal said that the payment is settled. */
  saidSettled: boolean
  /** Why the payer gave up, or null. */
  gaveUp: string | null
}

const DECLINED_CARD = '4000000000000002'
const LOOKS_AT_RETURN = 15
/** Only the page of a settled payment links to its receipt. */
const RECEIPT = '/receipt.pdf"'

type Person = { declinedFirst: boolean; closesBrowser: boolean }

/** One in ten payers tries a bad card first, one in ten closes the browser when the card page is done. */
export function drawPerson(random: Random): Person {
  return { declinedFirst: random.unit() < 0.1, closesBrowser: random.unit() < 0.1 }
}

/** Pays one invoice through the portal's pages: cart, card page, return. Tells what was seen; a defect of a page throws. */
export async function payInvoice(invoice: OpenInvoice, sandboxUrl: string, person: Person): Promise<Deed> {
  const deed: Deed = {
    paymentId: null,
    amountMinor: invoice.amountMinor,
    cardTaken: false,
    saidSettled: false,
    gaveUp: null,
  }
  try {
    await walk(invoice, sandboxUrl, person, deed)
  } catch (error) {
    if (error instanceof PageDefect) throw error
    deed.gaveUp = error instanceof Error ? error.message : String(error)
  }
  return deed
}

/** A page that is wrong whatever failed behind it. */
class PageDefect extends Error {}

async function walk(invoice: OpenInvoice, sandboxUrl: string, person: Person, deed: Deed): Promise<void> {
  const { buyer, customerId, invoiceId } = invoice
  const cartPath = `/c/${customerId}/pay?pick=${invoiceId}`
  const cart = await patiently(() => buyer.get(cartPath))
  const form = readCartForm(cart.body)
  if (form === null)
    throw new PageDefect(`${cart.status} ${cart.location}: no cart for an open invoice: ${cart.body}`)
  deed.paymentId = form.get('payment')
  // The very same form again after each failure: the payment must be opened once.
  const sent = await patiently(() => buyer.post(cartPath, form))
  if (sent.location === null) throw new PageDefect(`${sent.status}: the cart was turned down: ${sent.body}`)
  const checkoutId = await findCheckout(invoice, sent.location)
  if (checkoutId === null)
    throw new Error('no card page was opened yet; the payment says that we are checking')

  if (person.declinedFirst) await enterCard(sandboxUrl, checkoutId, DECLINED_CARD)
  deed.cardTaken = await enterCard(sandboxUrl, checkoutId)
  if (!deed.cardTaken) throw new Error('the card page was closed before the card was taken')
  if (!person.closesBrowser) deed.saidSettled = await comeBack(invoice, checkoutId)
}

/** The checkout that the pay form led to: at once, or from the payment's own page once the answer is known. */
async function findCheckout({ buyer }: OpenInvoice, location: string): Promise<string | null> {
  let seen: string | null = location
  for (let looks = 0; looks < 10; looks += 1) {
    const found = /\/c\/pay\/(cs_\w+)/.exec(seen ?? '')?.[1]
    if (found !== undefined) return found
    await sleep(looks === 0 ? 0 : 1_000)
    seen = (await patiently(() => buyer.get(location))).body
  }
  return null
}

async function enterCard(sandboxUrl: string, checkoutId: string, card?: string): Promise<boolean> {
  const answer = await patiently(async (): Promise<Page> => {
    const response = await fetch(`${sandboxUrl}/_sandbox/sessions/${checkoutId}/pay`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(card === undefined ? {} : { card }),
      signal: AbortSignal.timeout(10_000),
    })
    return { status: response.status, location: null, body: await response.text(), retryAfter: null }
  })
  return (JSON.parse(answer.body) as { outcome: string }).outcome === 'paid'
}

/** Follows the way back from the card page and looks again until the portal says that it is paid. */
async function comeBack({ buyer }: OpenInvoice, checkoutId: string): Promise<boolean> {
  for (let looks = 0; looks < LOOKS_AT_RETURN; looks += 1) {
    const returned = await patiently(() => buyer.get(`/pay/return?session_id=${checkoutId}`))
    const page = returned.location
    if (page !== null && (await patiently(() => buyer.get(page))).body.includes(RECEIPT)) return true
    await sleep(1_000)
  }
  return false
}

/** Payments of which a page, or the card page, said that they are paid, and that were not charged with that amount. */
export async function unkeptWords(
  deeds: readonly Deed[],
  stores: Pick<Stores, 'sandboxState'>,
): Promise<Deed[]> {
  const { charges } = await stores.sandboxState()
  const charged = new Map(
    charges
      .filter((each) => each.status === 'succeeded')
      .map((each) => [each.payment_id, BigInt(each.amount)]),
  )
  return deeds.filter(
    (deed) => (deed.saidSettled || deed.cardTaken) && charged.get(deed.paymentId) !== deed.amountMinor,
  )
}
