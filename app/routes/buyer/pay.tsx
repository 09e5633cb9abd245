import type { ReactNode } from 'react'
import { data, Link, redirect, useLocation } from 'react-router'
import {
  asId,
  type CustomerId,
  decodeId,
  encodeId,
  type InvoiceId,
  newId,
  type PersonId,
} from '#app/books/ids.ts'
import { REFUSALS, type Result } from '#app/books/refusals.ts'
import { CartForm, type CartView, RECOUNT_INTENT, SHOWN_TOTAL_FIELD } from '#app/components/cart-form.tsx'
import { answeredCart, cartViews, paymentHref } from '#app/components/cart-view.ts'
import { parseInvoiceFilter } from '#app/invoices/invoice-filter.ts'
import { selectAllOpen } from '#app/invoices/invoice-queries.server.ts'
import type { Reading } from '#app/invoices/invoice-record.ts'
import { listInvoicesById } from '#app/invoices/invoices-by-id.server.ts'
import { readingFor } from '#app/parties/page-reading.server.ts'
import { requireBuyer } from '#app/parties/require.server.ts'
import { requireCardProcessor } from '#app/payments/card-processor.server.ts'
import { CART_FIELDS, type Cart, MAX_CART_ITEMS, SPREAD_INTENT } from '#app/payments/cart.ts'
import { parseCart } from '#app/payments/parse-cart.ts'
import { type Opened, payInvoices } from '#app/payments/pay-invoices.server.ts'
import { allowPayForm } from '#app/payments/pay-limit.server.ts'
import { env } from '#app/platform/env.server.ts'
import {
  cartAnswer,
  changedTotal,
  problemViews,
  refusedCart,
  spreadAnswer,
} from '#app/routes/buyer/answer-cart.server.ts'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { ErrorSummary, titleWithErrors } from '#app/ui/error-summary.tsx'
import { Notice } from '#app/ui/notice.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'
import type { Route } from './+types/pay.ts'

export async function loader({ request, params }: Route.LoaderArgs) {
  const { customer } = await requireBuyer(request, params.customerId, 'pay')
  const reading = await readingFor(request)
  const base = `/c/${params.customerId}`
  const ids = await chosenInvoices(new URL(request.url).searchParams, customer.id, reading)
  const rows = await listInvoicesById({ customerId: customer.id }, ids.slice(0, MAX_CART_ITEMS), reading)
  const carts = cartViews(rows, { base, mintPaymentId: () => encodeId('pay', newId<'pay'>()) })
  const shown = carts.reduce((count, cart) => count + cart.rows.length, 0)
  return {
    base,
    carts,
    leftOut: Math.max(0, ids.length - MAX_CART_ITEMS),
    notPayable: Math.min(ids.length, MAX_CART_ITEMS) - shown,
    isOffered: requireCardProcessor().ok,
  }
}

async function chosenInvoices(
  address: URLSearchParams,
  customerId: CustomerId,
  reading: Reading,
): Promise<readonly InvoiceId[]> {
  if (address.get('all') !== 'open') {
    const picked = address.getAll('pick').flatMap((text) => decodeId('inv', text) ?? [])
    return [...new Set(picked)]
  }
  const { filter } = parseInvoiceFilter(address, { defaultStatus: 'open' })
  const all = await selectAllOpen(customerId, filter, reading)
  return all.map(({ id }) => asId<'inv'>(id))
}

export async function action({ request, params }: Route.ActionArgs) {
  const { person, customer } = await requireBuyer(request, params.customerId, 'pay')
  const { locale, ...reading } = await readingFor(request)
  const base = `/c/${params.customerId}`
  const form = await request.formData()
  const parsed = parseCart(form)
  const { typed } = parsed
  const intent = form.get(CART_FIELDS.intent)

  if (intent === SPREAD_INTENT) {
    const rows = await listInvoicesById({ customerId: customer.id }, typed.rowIds, { locale, ...reading })
    return spreadAnswer(typed, rows, locale)
  }
  if (!parsed.ok) return data(cartAnswer(typed, { problems: problemViews(parsed.problems) }), { status: 400 })
  if (intent === RECOUNT_INTENT) return cartAnswer(typed)
  const notice = changedTotal(parsed.cart, String(form.get(SHOWN_TOTAL_FIELD) ?? ''), locale)
  if (notice !== null) return cartAnswer(typed, { notice })

  const result = await payCart(parsed.cart, customer.id, person.id)
  if (!result.ok)
    return data(refusedCart(typed, result.refusal, base, locale), {
      status: REFUSALS[result.refusal.code].status,
    })
  throw redirect(result.checkoutUrl ?? paymentHref(base, result.paymentId), 303)
}

async function payCart(cart: Cart, customerId: CustomerId, personId: PersonId): Promise<Result<Opened>> {
  const allowed = await allowPayForm(personId)
  if (!allowed.ok) return allowed
  const configured = requireCardProcessor()
  if (!configured.ok) return configured
  const { processor } = configured
  return payInvoices({ processor, customerId, personId, cart, origin: env.web.origin })
}

export default function Pay({ loaderData, actionData }: Route.ComponentProps): ReactNode {
  const { carts, base, leftOut, notPayable } = loaderData
  const { pathname, search } = useLocation()
  const shown = carts.map((cart) => answeredCart(cart, actionData))
  return (
    <>
      <title>{titleWithErrors('Review and pay', hasProblems(actionData))}</title>
      <PageHeader
        title="Review and pay"
        lead={carts.length > 0 && 'Pay the whole amount, or change it to pay a part.'}
      />
      <div className="stack">
        {actionData && <CartProblems answer={actionData} />}
        {leftOut > 0 && (
          <Notice tone="amber">
            <p>
              One payment takes up to {MAX_CART_ITEMS} invoices. These are the oldest; {leftOut} more can
              follow in a second payment.
            </p>
          </Notice>
        )}
        {notPayable > 0 && (
          <Notice>
            <p>
              {notPayable === 1 ? '1 invoice is' : `${notPayable} invoices are`} left out: settled, in dispute
              or in another payment.
            </p>
          </Notice>
        )}
        {carts.length > 1 && (
          <Notice>
            <p>
              You chose invoices in {carts.length} currencies. One payment has one currency, so pay each
              below.
            </p>
          </Notice>
        )}
        {!loaderData.isOffered && <Notice tone="brick" title={REFUSALS.CARD_NOT_OFFERED.sentence} />}
        {carts.length === 0 && (
          <EmptyState title="There is nothing to pay here">
            <p className="muted">
              <Link to={`${base}/invoices`}>Choose from your open invoices</Link>
            </p>
          </EmptyState>
        )}
      </div>
      {shown.map((cart) => (
        <section key={cart.currency} className={carts.length > 1 ? 'section' : 'cart'}>
          {carts.length > 1 && <h2>In {cart.currency}</h2>}
          <CartForm key={typedIn(cart)} cart={cart} action={pathname + search} />
        </section>
      ))}
    </>
  )
}

/** Boxes keep what the browser has in them; where the server changed that, the form is made anew. */
function typedIn(cart: CartView): string {
  return [cart.paymentId, ...cart.rows.map(({ ticked, typed }) => `${ticked}${typed}`)].join(' ')
}

function hasProblems(answer: Route.ComponentProps['actionData']): boolean {
  return answer !== undefined && (answer.problems.length > 0 || answer.lumpSumError !== null)
}

function CartProblems({ answer }: { answer: NonNullable<Route.ComponentProps['actionData']> }): ReactNode {
  const { problems, notice, lumpSumError } = answer
  const inTheWay = problems.find(({ paymentHref }) => paymentHref !== null)?.paymentHref
  return (
    <>
      <ErrorSummary
        problems={[
          ...problems.map(({ field, message }) => ({ message, ...(field && { fieldId: field }) })),
          ...(lumpSumError ? [{ message: lumpSumError, fieldId: CART_FIELDS.lumpSum }] : []),
        ]}
      />
      {inTheWay && (
        <p>
          <Link to={inTheWay}>Open that payment</Link>
        </p>
      )}
      {notice && <Notice tone="amber" live="polite" title={notice} />}
    </>
  )
}
