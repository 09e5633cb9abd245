import type { ReactNode } from 'react'
import { data, redirect } from 'react-router'
import { type CustomerId, decodeId, encodeId } from '#app/books/ids.ts'
import { REFUSALS } from '#app/books/refusals.ts'
import { AskCreditBack } from '#app/components/credits/ask-credit-back.tsx'
import { undecidedNews, withMoneyBack } from '#app/components/money-back/money-back-story.ts'
import { PaymentPage } from '#app/components/payments/payment-page.tsx'
import { paymentPageView } from '#app/components/payments/payment-page-view.ts'
import { readingFor } from '#app/parties/page-reading.server.ts'
import { notFound, requireBuyer } from '#app/parties/require.server.ts'
import { cancelPayment } from '#app/payments/cancel-payment.server.ts'
import { requireCardProcessor } from '#app/payments/card-processor.server.ts'
import { listChargebacksOf } from '#app/payments/chargebacks/chargeback-queries.server.ts'
import type { PaymentDetail } from '#app/payments/overview/payment-detail.ts'
import { findPayment } from '#app/payments/overview/payment-queries.server.ts'
import { hasEnded } from '#app/payments/payment.ts'
import { findVerification } from '#app/payments/reading/find-verification.server.ts'
import { lookAgain } from '#app/payments/reading/look-again.server.ts'
import { findReceipt } from '#app/payments/receipts/get-receipt.server.ts'
import { listRefundsOf } from '#app/payments/refunds/refund-queries.server.ts'
import { creditBackForm, sendCreditBack } from '#app/routes/buyer/credit-back.server.ts'
import { ErrorSummary } from '#app/ui/error-summary.tsx'
import { Notice } from '#app/ui/notice.tsx'
import type { Route } from './+types/payment.ts'

export const meta: Route.MetaFunction = ({ loaderData }) => [
  { title: loaderData ? `${loaderData.page.words.title}: payment ${loaderData.page.number}` : 'Payment' },
]

export async function loader({ request, params }: Route.LoaderArgs) {
  const { customer } = await requireBuyer(request, params.customerId, 'view')
  const reading = await readingFor(request)
  const payment = await readPayment(params.paymentId, customer.id)
  const base = `/c/${params.customerId}`
  const receipt = payment.state === 'settled' ? await findReceipt(payment.id, customer.id) : null
  const [refunds, chargebacks] = await Promise.all([listRefundsOf(payment.id), listChargebacksOf(payment.id)])
  const picks = payment.items.map((item) => `pick=${encodeId('inv', item.invoiceId)}`)
  const canPay = customer.rights.includes('pay')
  const place = {
    base,
    files: `${base}/payments/${params.paymentId}`,
    againHref: `${base}/pay?${picks.join('&')}`,
    canPay,
    hasDisclosure: true,
  }
  const page = paymentPageView(payment, receipt, await findVerification(payment.id), place, reading)
  return {
    page: { ...page, story: withMoneyBack(page.story, refunds, chargebacks, reading) },
    undecided: undecidedNews(chargebacks, reading.locale),
    creditBack: canPay ? await creditBackForm(payment.id, reading.locale) : null,
    isAsked: new URL(request.url).searchParams.has('asked'),
  }
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

/** Cancels a payment that was not finished, or asks for the credit that one left. */
export async function action({ request, params }: Route.ActionArgs) {
  const { person, customer } = await requireBuyer(request, params.customerId, 'pay')
  const paymentId = decodeId('pay', params.paymentId)
  if (paymentId === null) throw notFound()
  const form = await request.formData()
  const page = `/c/${params.customerId}/payments/${params.paymentId}`
  if (form.get('act') === 'credit-back') {
    const payment = await findPayment(paymentId, customer.id)
    if (payment === null) throw notFound()
    const by = { personId: person.id, customerId: customer.id }
    const problem = await sendCreditBack(form, paymentId, payment.amount.currency, by)
    if (problem === null) throw redirect(`${page}?asked`, 303)
    const typed = String(form.get('amount') ?? '')
    return data({ sentence: problem.sentence, typed }, { status: problem.status })
  }
  const configured = requireCardProcessor()
  const result = configured.ok
    ? await cancelPayment({
        processor: configured.processor,
        customerId: customer.id,
        paymentId,
        personId: person.id,
      })
    : configured
  if (result.ok) throw redirect(page, 303)
  const { status, sentence } = REFUSALS[result.refusal.code]
  return data({ sentence, typed: null }, { status })
}

export default function Payment({ loaderData, actionData }: Route.ComponentProps): ReactNode {
  const { page, creditBack, isAsked, undecided } = loaderData
  const asked = typeof actionData?.typed === 'string' ? actionData : null
  return (
    <PaymentPage
      payment={page}
      refusal={asked === null ? (actionData?.sentence ?? null) : null}
      news={
        <>
          {asked && <ErrorSummary problems={[{ fieldId: 'credit-back', message: asked.sentence }]} />}
          {undecided && (
            <Notice tone="slate" title={undecided.title}>
              <p>{undecided.text}</p>
            </Notice>
          )}
          {isAsked && (
            <Notice tone="accent" live="polite">
              <p>Your supplier has your request and decides about it. You get a letter either way.</p>
            </Notice>
          )}
        </>
      }
    >
      {creditBack && (
        <AskCreditBack
          form={creditBack}
          {...(asked && { typed: asked.typed ?? undefined, error: asked.sentence })}
        />
      )}
    </PaymentPage>
  )
}
