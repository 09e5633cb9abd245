import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { decodeId, encodeId } from '#app/books/ids.ts'
import { formatMoney } from '#app/money/format.ts'
import { sum } from '#app/money/money.ts'
import { readingFor } from '#app/parties/page-reading.server.ts'
import { notFound, requireBuyer } from '#app/parties/require.server.ts'
import { listAppliedCredits } from '#app/payments/cart/covered-cart.server.ts'
import { ButtonLink } from '#app/ui/button.tsx'
import { KeyValues } from '#app/ui/key-values.tsx'
import { Notice } from '#app/ui/notice.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'
import type { Route } from './+types/pay-done.ts'

export const meta: Route.MetaFunction = () => [{ title: 'Paid with your credit' }]

/** What a pay form applied of the customer's credit, as the books have it; the address can be kept. */
export async function loader({ request, params }: Route.LoaderArgs) {
  const { customer } = await requireBuyer(request, params.customerId, 'view')
  const { locale } = await readingFor(request)
  const paymentId = decodeId('pay', params.paymentId)
  const applied = paymentId === null ? [] : await listAppliedCredits(customer.id, paymentId)
  const [first] = applied
  if (first === undefined) throw notFound()
  const total = sum(
    applied.map(({ amount }) => amount),
    first.amount.currency,
  )
  return {
    base: `/c/${params.customerId}`,
    reference: params.paymentId.slice(-8).toUpperCase(),
    total: formatMoney(total, locale),
    lines: applied.map(({ invoiceId, invoiceNumber, creditNumber, amount }, index) => ({
      key: `${index}`,
      href: `/c/${params.customerId}/invoices/${encodeId('inv', invoiceId)}`,
      invoiceNumber,
      creditNumber,
      amount: formatMoney(amount, locale),
    })),
  }
}

export default function PayDone({ loaderData }: Route.ComponentProps): ReactNode {
  const { base, reference, total, lines } = loaderData
  return (
    <>
      <PageHeader kicker={`Reference ${reference}`} title="Paid with your credit" />
      <div className="stack">
        <Notice live="polite">
          <p>
            {total} of your credit was applied just now. Nothing was charged, and there is nothing more to do.
          </p>
        </Notice>
        <KeyValues
          total
          facts={[
            ...lines.map(({ key, href, invoiceNumber, creditNumber, amount }) => ({
              key,
              name: (
                <>
                  <Link to={href}>Invoice {invoiceNumber}</Link>, from {creditNumber}
                </>
              ),
              value: amount,
            })),
            { key: 'total', name: 'Total', value: total },
          ]}
        />
        <p>
          <ButtonLink to={`${base}/invoices`} variant="secondary">
            To your invoices
          </ButtonLink>
        </p>
      </div>
    </>
  )
}
