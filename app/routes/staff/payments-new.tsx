import type { ReactNode } from 'react'
import { data, Link, redirect } from 'react-router'
import { encodeId, newId } from '#app/books/ids.ts'
import { REFUSALS } from '#app/books/refusals.ts'
import { CustomerChoice } from '#app/components/account/customer-choice.tsx'
import { ManualPaymentForm } from '#app/components/cash/manual-payment-form.tsx'
import {
  errorsByField,
  NOTHING_TYPED,
  remittanceRow,
  summaryOf,
  typedRemittance,
} from '#app/components/cash/remittance-view.ts'
import { listCustomerBalances } from '#app/invoices/customer-balances.server.ts'
import { findCurrency } from '#app/money/currencies.ts'
import { formatMoney } from '#app/money/format.ts'
import { findCustomerFile } from '#app/parties/customer-people.server.ts'
import { readingFor } from '#app/parties/page-reading.server.ts'
import { notFound, readCustomerId, requireStaff } from '#app/parties/require.server.ts'
import { listCustomerCurrencies, listOpenInvoices } from '#app/payments/cash/open-invoices.server.ts'
import {
  MANUAL_FIELDS,
  type ManualProblem,
  parseManualPayment,
} from '#app/payments/cash/parse-manual-payment.ts'
import { recordManualPayment } from '#app/payments/cash/record-manual-payment.server.ts'
import { ErrorSummary, titleWithErrors } from '#app/ui/error-summary.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'
import type { Route } from './+types/payments-new.ts'

export async function loader({ request }: Route.LoaderArgs) {
  await requireStaff(request, 'clerk')
  const { locale, today } = await readingFor(request)
  const address = new URL(request.url).searchParams
  const customerId = readCustomerId(address.get('customer') ?? '')
  const typed = (address.get('q') ?? '').trim().replaceAll('\0', '').slice(0, 200)
  if (customerId === null) {
    const found = await listCustomerBalances({ text: typed === '' ? null : typed, after: null, today })
    const rows = found.customers.map(({ id, name, number, balances }) => ({
      ...{ id, name, number },
      open: balances.map(({ open }) => formatMoney(open, locale)).join(' + '),
      href: `/staff/payments/new?customer=${encodeId('cst', id)}`,
    }))
    return { customer: null, choice: { typed, rows, more: found.next !== null } } as const
  }
  const file = await findCustomerFile(customerId)
  if (file === null) throw notFound()
  const currencies = await listCustomerCurrencies(customerId)
  const asked = findCurrency(address.get('currency') ?? '')
  const currency = asked ?? currencies[0]
  if (currency === undefined) throw notFound()
  const { invoices, hasMore } = await listOpenInvoices({ customerId, currency, number: typed })
  const base = `/staff/payments/new?customer=${encodeId('cst', customerId)}`
  return {
    customer: { id: encodeId('cst', customerId), name: file.name },
    form: {
      paymentId: encodeId('pay', newId<'pay'>()),
      currency,
      today,
      rows: invoices.map((invoice) => remittanceRow(invoice, locale)),
      hasMore,
    },
    number: typed,
    otherCurrencies: currencies
      .filter((each) => each !== currency)
      .map((each) => ({ currency: each, href: `${base}&currency=${each}` })),
  } as const
}

export async function action({ request }: Route.ActionArgs) {
  const person = await requireStaff(request, 'clerk')
  const address = new URL(request.url).searchParams
  const form = await request.formData()
  const customerId = readCustomerId(address.get('customer') ?? '')
  const currency = findCurrency(String(form.get('currency') ?? ''))
  if (customerId === null || currency === null) throw notFound()
  const answer = (problems: readonly ManualProblem[], status: number) =>
    data(
      {
        problems: summaryOf(problems),
        errors: errorsByField(problems),
        remittance: typedRemittance(form, problems),
        typed: Object.fromEntries(
          Object.values(MANUAL_FIELDS).map((name) => [name, String(form.get(name) ?? '')]),
        ),
      },
      { status },
    )
  const parsed = parseManualPayment(form, currency)
  if (!parsed.ok) return answer(parsed.problems, 400)
  const recorded = await recordManualPayment({ ...parsed.payment, customerId }, person.id)
  if (recorded.ok)
    return redirect(`/staff/payments/${encodeId('pay', recorded.paymentId)}?done=recorded`, 303)
  const { sentence, status } = REFUSALS[recorded.refusal.code]
  return answer([{ field: null, sentence }], status)
}

export default function NewPayment({ loaderData, actionData }: Route.ComponentProps): ReactNode {
  const problems = actionData?.problems ?? []
  return (
    <div className="stack-l">
      <title>{titleWithErrors('Record a payment', problems.length > 0)}</title>
      <PageHeader
        kicker={<Link to="/staff/payments">Payments</Link>}
        title="Record a payment"
        lead={
          loaderData.customer ? (
            <>
              From <Link to={`/staff/customers/${loaderData.customer.id}`}>{loaderData.customer.name}</Link>.{' '}
              <Link to="/staff/payments/new">Another customer</Link>
            </>
          ) : (
            'A cheque, a bank transfer or cash. First, whose money is it?'
          )
        }
      />
      <ErrorSummary problems={problems} />
      {loaderData.customer === null ? (
        <CustomerChoice {...loaderData.choice} />
      ) : (
        <ManualPaymentForm
          {...loaderData}
          typed={actionData?.typed ?? {}}
          errors={actionData?.errors ?? {}}
          remittance={actionData?.remittance ?? NOTHING_TYPED}
        />
      )}
    </div>
  )
}
