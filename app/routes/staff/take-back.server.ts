import { data, redirect } from 'react-router'
import type { PaymentId, PersonId } from '#app/books/ids.ts'
import { REFUSALS } from '#app/books/refusals.ts'
import { TAKE_BACK_REASONS } from '#app/payments/cash/manual-payment.ts'
import { takeBackPayment } from '#app/payments/cash/take-back-payment.server.ts'

/** Takes the payment back for the reason that the form gives, and answers its page, or why it is not taken back. */
export async function answerTakeBack(paymentId: PaymentId, form: FormData, personId: PersonId, page: string) {
  const reason = TAKE_BACK_REASONS.find((each) => each === form.get('reason'))
  if (reason === undefined) return data({ problem: 'Choose why the payment is taken back.' }, { status: 400 })
  const answer = await takeBackPayment(paymentId, reason, personId)
  if (answer.ok) return redirect(`${page}?done=taken-back`, 303)
  const { status, sentence } = REFUSALS[answer.refusal.code]
  return data({ problem: sentence }, { status })
}
