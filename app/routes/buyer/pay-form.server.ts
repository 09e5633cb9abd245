/** The pay form, answered: the same for a signed-in buyer and for whoever holds a pay link. */
import { data } from 'react-router'
import type { CustomerId } from '#app/books/ids.ts'
import { encodeId, type InvoiceId, newId } from '#app/books/ids.ts'
import { REFUSALS, type Refusal, type Result } from '#app/books/refusals.ts'
import { RECOUNT_INTENT, SHOWN_TOTAL_FIELD } from '#app/components/cart/cart-form.tsx'
import { type CartAnswer, type CartView, cartViews } from '#app/components/cart/cart-view.ts'
import { listInvoicesById } from '#app/invoices/invoices-by-id.server.ts'
import { type CurrencyCode, findCurrency } from '#app/money/currencies.ts'
import { CART_FIELDS, type Cart, MAX_CART_ITEMS, SPREAD_INTENT } from '#app/payments/cart/cart.ts'
import { type CartQuestion, readCartFacts } from '#app/payments/cart/cart-facts.server.ts'
import { parseCart } from '#app/payments/cart/parse-cart.ts'
import type { CartFacts } from '#app/payments/cart/plan-cart.ts'
import type { Opened } from '#app/payments/pay-invoices.server.ts'
import type { BusinessDate } from '#app/platform/time.ts'
import {
  cartAnswer,
  changedTotal,
  excessAnswer,
  problemViews,
  refusedCart,
  spreadAnswer,
} from '#app/routes/buyer/answer-cart.server.ts'

export type PayPage = {
  readonly customerId: CustomerId
  readonly mayDispute: boolean
  /** Where the customer's pages are; null for a payer who sees none of them. */
  readonly base: string | null
  /** The invoices that the payer may see; null for all of the customer's. */
  readonly own: ReadonlySet<InvoiceId> | null
  readonly reading: { readonly today: BusinessDate; readonly locale: string }
}

/** The carts of a page over these invoices, and how many of them are not in one. */
export async function loadCarts(
  page: PayPage,
  ids: readonly InvoiceId[],
): Promise<{ carts: CartView[]; leftOut: number; notPayable: number }> {
  const { customerId, base, reading } = page
  const chosen = ids.slice(0, MAX_CART_ITEMS)
  const rows = await listInvoicesById({ customerId }, chosen, reading)
  const currencies = [...new Set(rows.map((row) => row.currency))].flatMap((text) => findCurrency(text) ?? [])
  const facts = new Map<string, CartFacts>()
  for (const currency of currencies)
    facts.set(currency, await readCartFacts(questionOf(page, currency, chosen), reading.today))
  const carts = cartViews(rows, facts, {
    base,
    locale: reading.locale,
    mintPaymentId: () => encodeId('pay', newId<'pay'>()),
  })
  const shown = carts.reduce((count, cart) => count + cart.rows.length, 0)
  return { carts, leftOut: Math.max(0, ids.length - MAX_CART_ITEMS), notPayable: chosen.length - shown }
}

/** What became of a sent form: a payment, or the page again with what is to be said. */
export type PayFormAnswer =
  | { readonly paid: Opened }
  | {
      readonly paid: null
      readonly page: ReturnType<typeof data<CartAnswer>>
      /** Why it was not paid, when it came so far. */
      readonly refusal: Refusal | null
    }

/** Answers a sent pay form. `pay` is asked only once the buyer has seen every figure that counts. */
export async function answerPayForm(
  page: PayPage,
  form: FormData,
  pay: (cart: Cart) => Promise<Result<Opened>>,
): Promise<PayFormAnswer> {
  const parsed = parseCart(form)
  const { typed } = parsed
  const { locale } = page.reading
  const intent = form.get(CART_FIELDS.intent)
  if (intent === SPREAD_INTENT)
    return again(spreadAnswer(typed, await factsOf(page, typed.currency, typed.rowIds), locale))
  if (!parsed.ok) return again(cartAnswer(typed, { problems: problemViews(parsed.problems) }), 400)
  const { cart } = parsed
  if (intent === RECOUNT_INTENT) return again(cartAnswer(typed))
  const notice = changedTotal(cart, String(form.get(SHOWN_TOTAL_FIELD) ?? ''), locale)
  const facts = await factsOf(page, cart.currency, typed.rowIds)
  const excess = facts && excessAnswer(typed, cart, facts, locale)
  if (excess) return again(excess)
  if (notice !== null) return again(cartAnswer(typed, { notice }))

  const result = await pay(cart)
  if (result.ok) return { paid: result }
  const { refusal } = result
  return again(refusedCart(typed, refusal, page.base, locale), REFUSALS[refusal.code].status, refusal)
}

function again(answer: CartAnswer, status = 200, refusal: Refusal | null = null): PayFormAnswer {
  return { paid: null, page: data(answer, { status }), refusal }
}

async function factsOf(
  page: PayPage,
  currencyText: string,
  invoiceIds: readonly InvoiceId[],
): Promise<CartFacts | null> {
  const currency = findCurrency(currencyText)
  return currency === null ? null : readCartFacts(questionOf(page, currency, invoiceIds), page.reading.today)
}

/** Whatever ids a form names, its payer is told of their own invoices only. */
function questionOf(
  { customerId, mayDispute, own }: PayPage,
  currency: CurrencyCode,
  invoiceIds: readonly InvoiceId[],
): CartQuestion {
  return { customerId, currency, mayDispute, invoiceIds: invoiceIds.filter((id) => own?.has(id) ?? true) }
}
