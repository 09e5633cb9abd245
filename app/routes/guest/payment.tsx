import type { ReactNode } from 'react'
import { data, redirect } from 'react-router'
import { REFUSALS } from '#app/books/refusals.ts'
import { PaymentPage } from '#app/components/payments/payment-page.tsx'
import { paymentPageView } from '#app/components/payments/payment-page-view.ts'
import { findPayLink, requireGuestPayment } from '#app/parties/links/open-pay-link.server.ts'
import { readingFor } from '#app/parties/page-reading.server.ts'
import { notFound } from '#app/parties/require.server.ts'
import { cancelPayment } from '#app/payments/cancel-payment.server.ts'
import { requireCardProcessor } from '#app/payments/card-processor.server.ts'
import { findPayment } from '#app/payments/overview/payment-queries.server.ts'
import { findVerification } from '#app/payments/reading/find-verification.server.ts'
import { lookAgain } from '#app/payments/reading/look-again.server.ts'
import { findReceipt } from '#app/payments/receipts/get-receipt.server.ts'
import type { Route } from './+types/payment.ts'

export const meta: Route.MetaFunction = ({ loaderData }) => [
  { title: loaderData ? `${loaderData.words.title}: payment ${loaderData.number}` : 'Payment' },
  { name: 'robots', content: 'noindex' },
]

/** A payment that was made by a link, for whoever made it: its state and its receipt, and no way to anything else. */
export async function loader({ request, params }: Route.LoaderArgs) {
  const { paymentId, customerId } = await requireGuestPayment(params)
  const reading = await readingFor(request)
  await lookAgain(paymentId)
  const payment = await findPayment(paymentId, customerId)
  if (payment === null) throw notFound()
  const receipt = payment.state === 'settled' ? await findReceipt(paymentId, customerId) : null
  // Under the payment's own ticket the way back to the link is not known.
  const link = await findPayLink(params.token)
  const place = {
    base: null,
    files: `/l/${params.token}/payments/${params.paymentId}`,
    againHref: link === null ? null : `/l/${params.token}`,
    canPay: true,
    hasDisclosure: false,
  }
  return paymentPageView(payment, receipt, await findVerification(paymentId), place, reading)
}

/** Cancels a payment that was not finished. */
export async function action({ params }: Route.ActionArgs) {
  const { paymentId, customerId } = await requireGuestPayment(params)
  const configured = requireCardProcessor()
  const result = configured.ok
    ? await cancelPayment({ processor: configured.processor, customerId, paymentId, personId: null })
    : configured
  if (result.ok) throw redirect(`/l/${params.token}/payments/${params.paymentId}`, 303)
  const { status, sentence } = REFUSALS[result.refusal.code]
  return data({ sentence }, { status })
}

export default function Payment({ loaderData, actionData }: Route.ComponentProps): ReactNode {
  return <PaymentPage payment={loaderData} refusal={actionData?.sentence ?? null} />
}
