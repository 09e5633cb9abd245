import type { ReactNode } from 'react'
import { data, Link, redirect } from 'react-router'
import { type CustomerId, decodeId, encodeId } from '#app/books/ids.ts'
import { REFUSALS } from '#app/books/refusals.ts'
import { AskCreditBack } from '#app/components/ask-credit-back.tsx'
import { withMoneyBack } from '#app/components/money-back-story.ts'
import { moneyStateTone, stateOfPayment } from '#app/components/money-state.tsx'
import { PaymentTimeline } from '#app/components/payment-timeline.tsx'
import { paymentEvents, receiptView, standingWords } from '#app/components/payment-view.ts'
import { ReceiptSheet } from '#app/components/receipt-sheet.tsx'
import { formatMoney } from '#app/money/format.ts'
import { readingFor } from '#app/parties/page-reading.server.ts'
import { notFound, requireBuyer } from '#app/parties/require.server.ts'
import { cancelPayment } from '#app/payments/cancel-payment.server.ts'
import { requireCardProcessor } from '#app/payments/card-processor.server.ts'
import { listChargebacksOf } from '#app/payments/chargebacks/chargeback-queries.server.ts'
import { findReceipt } from '#app/payments/get-receipt.server.ts'
import { lookAgain } from '#app/payments/look-again.server.ts'
import { hasEnded } from '#app/payments/payment.ts'
import type { PaymentDetail } from '#app/payments/payment-detail.ts'
import { findPayment } from '#app/payments/payment-queries.server.ts'
import { listRefundsOf } from '#app/payments/refunds/refund-queries.server.ts'
import { creditBackForm, sendCreditBack } from '#app/routes/buyer/credit-back.server.ts'
import { ActionForm } from '#app/ui/action-form.tsx'
import { Button, ButtonLink, DownloadLink } from '#app/ui/button.tsx'
import { ErrorSummary } from '#app/ui/error-summary.tsx'
import { KeyValues } from '#app/ui/key-values.tsx'
import { Notice } from '#app/ui/notice.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'
import { Refresh } from '#app/ui/refresh.tsx'
import type { Route } from './+types/payment.ts'

export const meta: Route.MetaFunction = ({ loaderData }) => [
  { title: loaderData ? `${loaderData.words.title}: payment ${loaderData.number}` : 'Payment' },
]

export async function loader({ request, params }: Route.LoaderArgs) {
  const { customer } = await requireBuyer(request, params.customerId, 'view')
  const reading = await readingFor(request)
  const payment = await readPayment(params.paymentId, customer.id)
  const base = `/c/${params.customerId}`
  const amount = formatMoney(payment.amount, reading.locale)
  const receipt = payment.state === 'settled' ? await findReceipt(payment.id, customer.id) : null
  const [refunds, chargebacks] = await Promise.all([listRefundsOf(payment.id), listChargebacksOf(payment.id)])
  const canPay = customer.rights.includes('pay')
  const canPayAgain = canPay && hasEnded(payment.state) && payment.state !== 'settled'
  const picks = payment.items.map((item) => `pick=${encodeId('inv', item.invoiceId)}`)
  const words = standingWords(payment.standing, payment.failureCode, amount)
  return {
    base,
    number: payment.number,
    amount,
    words,
    tone: moneyStateTone(stateOfPayment(payment.standing)),
    refreshSeconds: isBeingRecorded(payment) ? 3 : words.refreshSeconds,
    checkoutUrl: canPay ? payment.checkoutUrl : null,
    canCancel: canPay && payment.isCancelable,
    againHref: canPayAgain && picks.length > 0 ? `${base}/pay?${picks.join('&')}` : null,
    items: payment.items.map((item) => ({
      id: encodeId('inv', item.invoiceId),
      number: item.number,
      amount: formatMoney(item.amount, reading.locale),
    })),
    story: withMoneyBack(paymentEvents(payment, reading), refunds, chargebacks, reading),
    creditBack: canPay ? await creditBackForm(payment.id, reading.locale) : null,
    isAsked: new URL(request.url).searchParams.has('asked'),
    receipt: receipt && receiptView(receipt, base),
    files: receipt && `${base}/payments/${params.paymentId}`,
  }
}

/** The payment of an address as the books have it, after the card service was asked once more if it has not ended. */
async function readPayment(paymentId: string, customerId: CustomerId): Promise<PaymentDetail> {
  const id = decodeId('pay', paymentId)
  const known = id === null ? null : await findPayment(id, customerId)
  if (known === null) throw notFound()
  if (hasEnded(known.state)) return known
  const state = await lookAgain(known.id)
  return state === known.state ? known : ((await findPayment(known.id, customerId)) ?? known)
}

/** Just settled, and its entries are not on the shared ledger yet: a matter of seconds. */
function isBeingRecorded({ settledAt, ledger }: PaymentDetail): boolean {
  if (settledAt === null || Date.now() - settledAt.getTime() > 120_000) return false
  return ledger.some(({ state }) => state === 'queued' || state === 'sent')
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
    return data(
      { sentence: problem.sentence, typed: String(form.get('amount') ?? '') },
      { status: problem.status },
    )
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
  const { words, tone, receipt, files, refreshSeconds } = loaderData
  return (
    <>
      {refreshSeconds !== null && <Refresh seconds={refreshSeconds} />}
      <PageHeader
        kicker={`Payment ${loaderData.number}`}
        title={words.title}
        lead={receipt && <span role="status">{words.text}</span>}
      >
        {files && (
          <>
            <DownloadLink href={`${files}/receipt.pdf`}>Receipt PDF</DownloadLink>
            <DownloadLink href={`${files}/receipt.json`} download>
              Disclosure file
            </DownloadLink>
          </>
        )}
      </PageHeader>
      <div className="stack">
        {actionData && typeof actionData.typed === 'string' ? (
          <ErrorSummary problems={[{ fieldId: 'credit-back', message: actionData.sentence }]} />
        ) : (
          actionData && <Notice tone="brick" live="assertive" title={actionData.sentence} />
        )}
        {loaderData.isAsked && (
          <Notice tone="accent" live="polite">
            <p>Your supplier has your request and decides about it. You get a letter either way.</p>
          </Notice>
        )}
        {!receipt && (
          <Notice tone={tone} live="polite">
            <p>{words.text}</p>
          </Notice>
        )}
        <NextSteps payment={loaderData} />
        {receipt && <ReceiptSheet receipt={receipt} />}
        {loaderData.creditBack && (
          <AskCreditBack
            form={loaderData.creditBack}
            {...(actionData && typeof actionData.typed === 'string'
              ? { typed: actionData.typed, error: actionData.sentence }
              : {})}
          />
        )}
      </div>
      {!receipt && (
        <section className="section">
          <h2>What it pays</h2>
          <KeyValues
            total
            facts={[
              ...loaderData.items.map((item) => ({
                key: item.id,
                name: <Link to={`${loaderData.base}/invoices/${item.id}`}>Invoice {item.number}</Link>,
                value: item.amount,
              })),
              { key: 'total', name: 'Total', value: loaderData.amount },
            ]}
          />
        </section>
      )}
      <section className="section">
        <h2>What happened</h2>
        <PaymentTimeline events={loaderData.story} />
      </section>
    </>
  )
}

/** What the buyer can do about an unfinished payment: go on, try again, or free its invoices. */
function NextSteps({ payment }: { payment: Route.ComponentProps['loaderData'] }): ReactNode {
  const { checkoutUrl, againHref, canCancel, amount } = payment
  if (!checkoutUrl && !againHref && !canCancel) return null
  return (
    <div className="row">
      {checkoutUrl && (
        <a className="button button--large" href={checkoutUrl}>
          Go on to pay {amount}
        </a>
      )}
      {againHref && (
        <ButtonLink to={againHref} large>
          Pay again
        </ButtonLink>
      )}
      {canCancel && (
        <ActionForm>
          <Button variant="danger" pendingLabel="Cancelling…">
            Cancel this payment
          </Button>
        </ActionForm>
      )}
    </div>
  )
}
