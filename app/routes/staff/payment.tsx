import type { ReactNode } from 'react'
import { data, Link, redirect } from 'react-router'
import { decodeId, encodeId, type PaymentId } from '#app/books/ids.ts'
import { REFUSALS } from '#app/books/refusals.ts'
import { ChargebackNotices } from '#app/components/money-back/chargeback-notices.tsx'
import { chargebackNotices } from '#app/components/money-back/chargeback-view.ts'
import { RefundForm, type TypedRefund } from '#app/components/money-back/refund-form.tsx'
import { RefundList } from '#app/components/money-back/refund-list.tsx'
import { StaffPaymentFile, StaffPaymentMoney } from '#app/components/payments/staff-payment-sections.tsx'
import { StaffPaymentState } from '#app/components/payments/staff-payment-state.tsx'
import { staffFacts, staffSteps, staffTables } from '#app/components/payments/staff-payment-view.ts'
import { TAKE_BACK_ACT, TakeBackForm } from '#app/components/payments/take-back-form.tsx'
import { formatMoney } from '#app/money/format.ts'
import { isPositive } from '#app/money/money.ts'
import { sendReceiptAgain } from '#app/notices/send-receipt-again.server.ts'
import { readingFor } from '#app/parties/page-reading.server.ts'
import { notFound, requireStaff } from '#app/parties/require.server.ts'
import { coversRole } from '#app/parties/rights.ts'
import { requireCardProcessor } from '#app/payments/card-processor.server.ts'
import { findManualPayment } from '#app/payments/cash/find-manual-payment.server.ts'
import { listChargebacksOf } from '#app/payments/chargebacks/chargeback-queries.server.ts'
import { findStaffPayment } from '#app/payments/overview/staff-payment.server.ts'
import { requestSync } from '#app/payments/reading/request-sync.server.ts'
import { declareNeverSent, isLongUnsettled } from '#app/payments/writes/declare-never-sent.server.ts'
import {
  declareWritesNeverSent,
  isWriteUnheard,
} from '#app/payments/writes/declare-writes-never-sent.server.ts'
import { readNow } from '#app/platform/clock.server.ts'
import { exceptionWords } from '#app/reconciliation/exception-words.ts'
import { answerDecision, answerRefund, refundPanel } from '#app/routes/staff/refund-acts.server.ts'
import { answerTakeBack } from '#app/routes/staff/take-back.server.ts'
import { ActionForm } from '#app/ui/action-form.tsx'
import { Button, DownloadLink } from '#app/ui/button.tsx'
import { Disclosure } from '#app/ui/disclosure.tsx'
import { ErrorSummary } from '#app/ui/error-summary.tsx'
import { KeyValues } from '#app/ui/key-values.tsx'
import { Notice } from '#app/ui/notice.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'
import { Timeline } from '#app/ui/timeline.tsx'
import type { Route } from './+types/payment.ts'

export const meta: Route.MetaFunction = ({ loaderData }) => [
  { title: loaderData ? `Payment ${loaderData.number}` : 'Payment' },
]

/** What the page says after an act, by the word that the address then carries. */
const DONE: Readonly<Record<string, string>> = {
  'read-again':
    'It will be read again from the card service within moments. Load this page again to see what came of it.',
  'receipt-sent': 'The receipt is in the outbox and goes out within moments.',
  'no-receipt':
    'No letter was sent: the payment has no receipt yet, or the customer has no address for mail.',
  recorded: 'The payment is booked, and the receipt is in the outbox.',
  'taken-back': 'The payment is taken back. What it had paid is open again.',
  'never-sent': 'The payment has failed, and its amounts can be paid again.',
  'writes-never-sent':
    'What was never answered is over: a refund has failed, and a chargeback can be answered again.',
  refunded: 'The refund is on its way. What becomes of it is shown below.',
  'refund-waits': 'The refund waits for another person to decide.',
  decided: 'Your decision is recorded. What became of the refund is shown below.',
}

export async function loader({ request, params }: Route.LoaderArgs) {
  const person = await requireStaff(request, 'clerk')
  const isManager = person.staffRole !== null && coversRole(person.staffRole, 'manager')
  const reading = await readingFor(request)
  const payment = await findStaffPayment(requirePaymentId(params.paymentId))
  if (payment === null) throw notFound()
  const [refunds, chargebacks] = await Promise.all([
    refundPanel(payment.id, person, reading),
    listChargebacksOf(payment.id),
  ])
  const manual = await findManualPayment(payment.id)
  const now = await readNow()
  return {
    refunds,
    chargebacks: chargebackNotices(chargebacks, reading),
    number: payment.number,
    standing: payment.standing,
    amount: formatMoney(payment.amount, reading.locale),
    currency: payment.amount.currency,
    isSettled: payment.state === 'settled',
    manual: manual && {
      reference: manual.reference,
      lineHref: manual.bankLineId && `/staff/bank/${encodeId('bln', manual.bankLineId)}`,
      left: isPositive(manual.standing) ? formatMoney(manual.standing, reading.locale) : null,
    },
    mayEnd: isManager && isLongUnsettled(payment, now),
    mayEndWrites: isManager && payment.attempts.some((each) => isWriteUnheard(each, now)),
    customer: { id: encodeId('cst', payment.customer.id), name: payment.customer.name },
    facts: staffFacts(payment, reading),
    steps: staffSteps(payment, reading),
    tables: staffTables(payment, reading),
    openCases: payment.cases.flatMap(({ id, kind, resolvedAt }) =>
      resolvedAt === null ? [{ id, ...exceptionWords(kind) }] : [],
    ),
    done: DONE[new URL(request.url).searchParams.get('done') ?? ''] ?? null,
    receiptHref: `/staff/payments/${params.paymentId}/receipt.pdf`,
  }
}

export async function action({ request, params }: Route.ActionArgs) {
  const person = await requireStaff(request, 'clerk')
  const paymentId = requirePaymentId(params.paymentId)
  const form = await request.formData()
  const act = form.get('act')
  const page = `/staff/payments/${params.paymentId}`
  if (act === 'refund') return answerRefund(form, paymentId, person.id, page)
  if (act === 'approve' || act === 'decline') return answerDecision(form, person.id, page)
  if (act === 'read-again') {
    if (!(await requestSync(paymentId, person.id)).queued) throw notFound()
    return redirect(`${page}?done=read-again`, 303)
  }
  if (act === 'send-receipt') {
    const { letters } = await sendReceiptAgain(paymentId, person.id)
    return redirect(`${page}?done=${letters > 0 ? 'receipt-sent' : 'no-receipt'}`, 303)
  }
  if (act === TAKE_BACK_ACT) return answerTakeBack(paymentId, form, person.id, page)
  if (act === 'never-sent' || act === 'writes-never-sent') {
    const manager = await requireStaff(request, 'manager')
    const configured = requireCardProcessor()
    const declare = act === 'never-sent' ? declareNeverSent : declareWritesNeverSent
    const answer = configured.ok ? await declare(configured.processor, paymentId, manager.id) : configured
    if (answer.ok) return redirect(`${page}?done=${act}`, 303)
    const { status, sentence } = REFUSALS[answer.refusal.code]
    return data({ problem: sentence }, { status })
  }
  return redirect(page, 303)
}

function requirePaymentId(text: string): PaymentId {
  const id = decodeId('pay', text)
  if (id === null) throw notFound()
  return id
}

/** What an act that was refused says; a refund form comes back with what was typed. */
type Refused = { readonly problem: string; readonly typed?: TypedRefund }

export default function Payment({ loaderData, actionData }: Route.ComponentProps): ReactNode {
  const refused: Refused | undefined = actionData
  const { number, customer, facts, steps, openCases, done, isSettled, mayEnd, mayEndWrites, manual } =
    loaderData
  return (
    <>
      <PageHeader
        kicker={<Link to={`/staff/customers/${customer.id}`}>{customer.name}</Link>}
        title={`Payment ${number}`}
        lead={<StaffPaymentState standing={loaderData.standing} detail={loaderData.amount} />}
      >
        {isSettled && <DownloadLink href={loaderData.receiptHref}>Receipt (PDF)</DownloadLink>}
      </PageHeader>
      <div className="stack">
        <ErrorSummary
          problems={
            refused ? [{ message: refused.problem, ...(refused.typed && { fieldId: 'refund-amount' }) }] : []
          }
        />
        {done !== null && (
          <Notice tone="accent" live="polite">
            <p>{done}</p>
          </Notice>
        )}
        <ChargebackNotices chargebacks={loaderData.chargebacks} />
        {openCases.map((each) => (
          <Notice key={each.id} tone="brick" title={each.title}>
            <p>
              {each.why} {each.next} <Link to="/staff/exceptions">Close the case</Link>
            </p>
          </Notice>
        ))}
        <div className="columns">
          <KeyValues
            facts={facts.map(({ key, name, value, isCode }) => ({
              key,
              name,
              value: isCode ? <code className="wrap-anywhere">{value}</code> : value,
            }))}
          />
          <div className="stack-s">
            {manual && <RecordedByHand {...manual} />}
            <ActionForm className="stack-s">
              {!manual && (
                <Button variant="secondary" name="act" value="read-again" pendingLabel="Asking…">
                  Read again from the card service
                </Button>
              )}
              {isSettled && (
                <Button variant="secondary" name="act" value="send-receipt" pendingLabel="Sending…">
                  Send the receipt again
                </Button>
              )}
              {mayEnd && (
                <>
                  <p className="muted">
                    If the card service was asked a day ago and has no such payment, end it here: it fails,
                    and its amounts can be paid again. The card service is asked once more before.
                  </p>
                  <Button variant="danger" name="act" value="never-sent" pendingLabel="Asking…">
                    It never reached the card service
                  </Button>
                </>
              )}
              {mayEndWrites && (
                <>
                  <p className="muted">
                    A refund, or an answer to a chargeback, was sent a day ago and never answered. If the card
                    service has no such thing, end it here; it is asked once more before.
                  </p>
                  <Button variant="danger" name="act" value="writes-never-sent" pendingLabel="Asking…">
                    What was sent never arrived
                  </Button>
                </>
              )}
            </ActionForm>
            {manual?.left && <TakeBackForm amount={manual.left} />}
          </div>
        </div>
      </div>
      <StaffPaymentMoney tables={loaderData.tables} currency={loaderData.currency} />
      <Refunds {...loaderData.refunds} typed={refused?.typed} />
      <section className="section" aria-labelledby="story">
        <h2 id="story">What happened</h2>
        <Timeline
          label="What happened"
          steps={steps.map(({ at, who, amount, note, ...step }) => ({
            ...step,
            dateTime: at,
            ...(who !== null && { who }),
            ...(amount !== null && { amount }),
            ...(note !== null && { details: note }),
          }))}
        />
      </section>
      <StaffPaymentFile tables={loaderData.tables} />
    </>
  )
}

function Refunds({
  rows,
  form,
  typed,
}: Route.ComponentProps['loaderData']['refunds'] & { typed?: TypedRefund | undefined }): ReactNode {
  if (rows.length === 0 && form === null) return null
  return (
    <section className="section" aria-labelledby="refunds">
      <h2 id="refunds">Refunds</h2>
      <RefundList refunds={rows} />
      {form && (
        <Disclosure summary="Refund this payment, or part of it" open={typed !== undefined}>
          <RefundForm form={form} typed={typed} />
        </Disclosure>
      )}
    </section>
  )
}

/** Where a payment comes from that no card service knows. */
function RecordedByHand({
  reference,
  lineHref,
}: {
  reference: string | null
  lineHref: string | null
}): ReactNode {
  return (
    <p className="muted">
      Recorded by staff
      {reference !== null && (
        <>
          , reference <span className="wrap-anywhere">{reference}</span>
        </>
      )}
      . {lineHref !== null && <Link to={lineHref}>Its line on the bank statement</Link>}
    </p>
  )
}
