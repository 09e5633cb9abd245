import type { ReactNode } from 'react'
import { data, Link, redirect, useLocation } from 'react-router'
import { asId, type CustomerId, decodeId, encodeId, type InvoiceId, type PersonId } from '#app/books/ids.ts'
import type { Result } from '#app/books/refusals.ts'
import { paymentHref } from '#app/components/cart/cart-view.ts'
import { MethodChoice } from '#app/components/cart/method-choice.tsx'
import { hasProblems, PayCarts } from '#app/components/cart/pay-page.tsx'
import { parseInvoiceFilter } from '#app/invoices/invoice-filter.ts'
import { selectAllOpen } from '#app/invoices/invoice-queries.server.ts'
import type { Reading } from '#app/invoices/invoice-record.ts'
import { readingFor } from '#app/parties/page-reading.server.ts'
import { requireBuyer } from '#app/parties/require.server.ts'
import { requireCardProcessor } from '#app/payments/card-processor.server.ts'
import type { Cart } from '#app/payments/cart/cart.ts'
import type { ChosenMethod } from '#app/payments/cart/open-by-method.server.ts'
import { allowPayForm } from '#app/payments/cart/pay-limit.server.ts'
import { type Opened, payInvoices } from '#app/payments/pay-invoices.server.ts'
import { env } from '#app/platform/env.server.ts'
import { methodOptions, readChosen, withFee } from '#app/routes/buyer/chosen-method.server.ts'
import { answerPayForm, loadCarts } from '#app/routes/buyer/pay-form.server.ts'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { titleWithErrors } from '#app/ui/error-summary.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'
import type { Route } from './+types/pay.ts'

export async function loader({ request, params }: Route.LoaderArgs) {
  const { customer } = await requireBuyer(request, params.customerId, 'pay')
  const reading = await readingFor(request)
  const base = `/c/${params.customerId}`
  const ids = await chosenInvoices(new URL(request.url).searchParams, customer.id, reading)
  const mayDispute = customer.rights.includes('dispute')
  const page = await loadCarts({ customerId: customer.id, mayDispute, base, own: null, reading }, ids)
  const currencies = page.carts.map(({ currency }) => currency)
  const isOffered = requireCardProcessor().ok
  const options = isOffered ? await methodOptions(customer.id, currencies, reading.today) : []
  return { base, ...page, isOffered, options }
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
  const reading = await readingFor(request)
  const base = `/c/${params.customerId}`
  const mayDispute = customer.rights.includes('dispute')
  const form = await request.formData()
  const chosen = readChosen(form)
  const page = { customerId: customer.id, mayDispute, base, own: null, reading }
  const answer = await answerPayForm(page, form, (cart) =>
    payCart({ cart, customerId: customer.id, personId: person.id, mayDispute, chosen }),
  )
  if (answer.paid === null) {
    const { data: shown, init } = answer.page
    const method = chosen === undefined ? '' : encodeId('met', chosen.methodId)
    return data({ ...withFee(shown, answer.refusal, form, reading.locale), method }, init ?? undefined)
  }
  const { checkoutUrl, paymentId, isCovered } = answer.paid
  if (isCovered) throw redirect(`${base}/pay/done/${encodeId('pay', paymentId)}`, 303)
  throw redirect(checkoutUrl ?? paymentHref(base, paymentId), 303)
}

type PayCart = {
  readonly cart: Cart
  readonly customerId: CustomerId
  readonly personId: PersonId
  readonly mayDispute: boolean
  readonly chosen: ChosenMethod | undefined
}

async function payCart({ chosen, ...paid }: PayCart): Promise<Result<Opened>> {
  const allowed = await allowPayForm(paid.personId)
  if (!allowed.ok) return allowed
  const configured = requireCardProcessor()
  const processor = configured.ok ? configured.processor : null
  const method = chosen === undefined ? {} : { chosen }
  return payInvoices({ ...paid, ...method, processor, origin: env.web.origin })
}

export default function Pay({ loaderData, actionData }: Route.ComponentProps): ReactNode {
  const { base, options, ...page } = loaderData
  const { pathname, search } = useLocation()
  return (
    <>
      <title>{titleWithErrors('Review and pay', hasProblems(actionData))}</title>
      <PageHeader
        title="Review and pay"
        lead={page.carts.length > 0 && 'Pay the whole amount, or change it to pay a part.'}
      />
      <PayCarts
        {...page}
        answer={actionData}
        action={pathname + search}
        fee={actionData?.fee ?? null}
        methods={
          options.length > 0 && (
            <MethodChoice
              key={actionData?.method ?? ''}
              options={options}
              chosen={actionData?.method ?? ''}
              fee={actionData?.fee ?? null}
            />
          )
        }
        empty={
          <EmptyState title="There is nothing to pay here">
            <p className="muted">
              <Link to={`${base}/invoices`}>Choose from your open invoices</Link>
            </p>
          </EmptyState>
        }
      />
    </>
  )
}
