import { data, redirect } from 'react-router'
import { decodeId, encodeId, newId, type PaymentId, type PersonId } from '#app/books/ids.ts'
import { REFUSALS, type Refusal, type Result, refuse } from '#app/books/refusals.ts'
import type { TypedRefund } from '#app/components/money-back/refund-form.tsx'
import { type Reader, refundForm, refundRow } from '#app/components/money-back/refund-view.ts'
import { findCurrency } from '#app/money/currencies.ts'
import { formatMoney } from '#app/money/format.ts'
import { money } from '#app/money/money.ts'
import { parseAmount } from '#app/money/parse.ts'
import { getSupplier } from '#app/parties/supplier.server.ts'
import { requireCardProcessor } from '#app/payments/card-processor.server.ts'
import { findPayment } from '#app/payments/overview/payment-queries.server.ts'
import { decideOnRefund } from '#app/payments/refunds/decide-refund.server.ts'
import { parseRefundReason } from '#app/payments/refunds/refund.ts'
import { findRefundable, listRefundsOf } from '#app/payments/refunds/refund-queries.server.ts'
import { askForRefund, type RefundSource } from '#app/payments/refunds/request-refund.server.ts'

type Words = { readonly locale: string; readonly timeZone: string }

/** What the payment's page shows of refunds: those there are, and the form for another. */
export async function refundPanel(paymentId: PaymentId, reader: Reader, words: Words) {
  const [refunds, refundable] = await Promise.all([listRefundsOf(paymentId), findRefundable(paymentId)])
  return {
    rows: refunds.map((each) => refundRow(each, reader, words)),
    form: refundForm(refundable, encodeId('rfd', newId<'rfd'>()), words),
  }
}

/** Asks for a refund as the form says, and answers the payment's page, or what was typed with the problem. */
export async function answerRefund(form: FormData, paymentId: PaymentId, personId: PersonId, page: string) {
  const [amount, reason, source] = [typedIn(form, 'amount'), typedIn(form, 'reason'), typedIn(form, 'source')]
  const asked = await askAs({ amount, reason, source }, form, paymentId, personId)
  if (asked.ok)
    return redirect(`${page}?done=${asked.state === 'requested' ? 'refund-waits' : 'refunded'}`, 303)
  const { locale } = await getSupplier()
  const problem = refundProblem(asked.refusal, locale)
  const typed: TypedRefund = { amount, reason, source, problem }
  return data({ problem, typed }, { status: REFUSALS[asked.refusal.code].status })
}

const typedIn = (form: FormData, name: string): string => String(form.get(name) ?? '')

async function askAs(
  typed: Omit<TypedRefund, 'problem'>,
  form: FormData,
  paymentId: PaymentId,
  personId: PersonId,
) {
  const configured = requireCardProcessor()
  if (!configured.ok) return configured
  const payment = await findPayment(paymentId, null)
  if (payment === null) return refuse('PAYMENT_NOT_FOUND')
  const refundId = decodeId('rfd', String(form.get('refund') ?? ''))
  const source = readSource(typed.source)
  if (refundId === null || source === null) return refuse('FORM_NOT_READABLE')
  const parsed = parseAmount(typed.amount, payment.amount.currency)
  if (!parsed.ok) return refuse('AMOUNT_NOT_READABLE')
  return askForRefund({
    ...{ processor: configured.processor, refundId, paymentId, amount: parsed.amount, source },
    reason: parseRefundReason(typed.reason),
    by: { kind: 'staff', personId },
  })
}

function readSource(text: string): RefundSource | null {
  if (text === 'any' || text === 'credit') return { kind: text }
  const invoiceId = decodeId('inv', text)
  return invoiceId === null ? null : { kind: 'invoice', invoiceId }
}

/** The sentence of a refused refund, with what could be refunded where that is the question. */
function refundProblem(refusal: Refusal, locale: string): string {
  const { sentence } = REFUSALS[refusal.code]
  const { refundableMinor, currency } = refusal
  const code = typeof currency === 'string' ? findCurrency(currency) : null
  if (typeof refundableMinor !== 'string' || code === null) return sentence
  return `${sentence} ${formatMoney(money(BigInt(refundableMinor), code), locale)} can be refunded.`
}

/** Approves or declines the refund that the form names, and answers the page, or why not. */
export async function answerDecision(form: FormData, personId: PersonId, page: string) {
  const answer = await sendDecision(form, personId)
  if (answer.ok) return redirect(`${page}?done=decided`, 303)
  const { status, sentence } = REFUSALS[answer.refusal.code]
  return data({ problem: sentence }, { status })
}

async function sendDecision(form: FormData, personId: PersonId): Promise<Result<object>> {
  const configured = requireCardProcessor()
  if (!configured.ok) return configured
  const refundId = decodeId('rfd', String(form.get('refund') ?? ''))
  if (refundId === null) return refuse('REFUND_NOT_FOUND')
  const note = String(form.get('note') ?? '')
    .trim()
    .slice(0, 500)
  return decideOnRefund({
    ...{ processor: configured.processor, refundId, personId, note: note === '' ? null : note },
    approve: form.get('act') === 'approve',
  })
}
