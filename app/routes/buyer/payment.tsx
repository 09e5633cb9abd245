import type { ReactNode } from 'react'
import { data, redirect } from 'react-router'
import { type CustomerId, decodeId, encodeId } from '#app/books/ids.ts'
import { REFUSALS } from '#app/books/refusals.ts'
import { PaymentPage } from '#app/components/payment-page.tsx'
import { paymentPageView } from '#app/components/payment-page-view.ts'
import { readingFor } from '#app/parties/page-reading.server.ts'
import { notFound, requireBuyer } from '#app/parties/require.server.ts'
import { cancelPayment } from '#app/payments/cancel-payment.server.ts'
import { requireCardProcessor } from '#app/payments/card-processor.server.ts'
import { findVerification } from '#app/payments/find-verification.server.ts'
import { findReceipt } from '#app/payments/get-receipt.server.ts'
import { lookAgain } from '#app/payments/look-again.server.ts'
import { hasEnded } from '#app/payments/payment.ts'
import type { PaymentDetail } from '#app/payments/payment-detail.ts'
import { findPayment } from '#app/payments/payment-queries.server.ts'
import type { Route } from './+types/payment.ts'

export const meta: Route.MetaFunction = ({ loaderData }) => [
  { title: loaderData ? `${loaderData.words.title}: payment ${loaderData.number}` : 'Payment' },
]

export async function loader({ request, params }: Route.LoaderArgs) {
  const { customer } = await requireBuyer(request, params.customerId, 'view')
  const reading = await readingFor(request)
  const payment = await readPayment(params.paymentId, customer.id)
  const base = `/c/${params.customerId}`
  const receipt = payment.state === 'settled' ? await findReceipt(payment.id, customer.id) : null
  const picks = payment.items.map((item) => `pick=${encodeId('inv', item.invoiceId)}`)
  const place = {
    base,
    files: `${base}/payments/${params.paymentId}`,
    againHref: `${base}/pay?${picks.join('&')}`,
    canPay: customer.rights.includes('pay'),
    hasDisclosure: true,
  }
  return paymentPageView(payment, receipt, await findVerification(payment.id), place, reading)
}

/** The payment of an address as the books have it, after the card service was asked once more if it has not ended. */
async function readPayment(paymentId: string, customerId: CustomerId): Promise<PaymentDetail> {
  const id = decodeId('pay', paymentId)
  const known = id === null ? null : await findPayment(id, customerId)
  if (known === null) throw notFound()
  if (hasEnded(known.state)) return known
  await lookAgain(known.id)
  return (await findPayment(known.id, customerId)) ?? known
}

/** Cancels a payment that was not finished. */
export async function action({ request, params }: Route.ActionArgs) {
  const { person, customer } = await requireBuyer(request, params.customerId, 'pay')
  const paymentId = decodeId('pay', params.paymentId)
  if (paymentId === null) throw notFound()
  const configured = requireCardProcessor()
  const result = configured.ok
    ? await cancelPayment({
        processor: configured.processor,
        customerId: customer.id,
        paymentId,
        personId: person.id,
      })
    : configured
  if (result.ok) throw redirect(`/c/${params.customerId}/payments/${params.paymentId}`, 303)
  const { status, sentence } = REFUSALS[result.refusal.code]
  return data({ sentence }, { status })
}

export default function Payment({ loaderData, actionData }: Route.ComponentProps): ReactNode {
  return <PaymentPage payment={loaderData} refusal={actionData?.sentence ?? null} />
}
