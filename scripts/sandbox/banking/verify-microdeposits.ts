import type Stripe from 'stripe'
import { type ApiError, invalidRequest } from '#scripts/sandbox/api/api-error.ts'
import { submitDebit } from '#scripts/sandbox/banking/confirm-debit.ts'
import { type DepositAnswer, judgeDeposits } from '#scripts/sandbox/banking/deposit-answer.ts'
import {
  awaitsDeposits,
  findVerifiedIntent,
  type VerifiedIntent,
} from '#scripts/sandbox/banking/microdeposits.ts'
import { errorOf, type PaymentError, rejectIntent } from '#scripts/sandbox/checkout/attempt.ts'
import { completeSetup, rejectSetup } from '#scripts/sandbox/checkout/confirm-setup.ts'
import { tellSession } from '#scripts/sandbox/checkout/tell-session.ts'
import { idOf } from '#scripts/sandbox/kinds.ts'
import { rememberOfMethod, secretsOfMethod } from '#scripts/sandbox/methods/behind-method.ts'
import { endMandates, moveMandate } from '#scripts/sandbox/methods/mandates.ts'
import type { Sandbox } from '#scripts/sandbox/sandbox.ts'

type FailureCode =
  | 'payment_method_microdeposit_failed'
  | 'payment_method_microdeposit_verification_attempts_exceeded'
  | 'payment_method_microdeposit_verification_timeout'
export type DepositResult = { ok: true; intent: VerifiedIntent } | { ok: false; refusal: ApiError }

const MAX_WRONG_ANSWERS = 3
const FAILURES: Record<FailureCode, string> = {
  payment_method_microdeposit_failed: 'The small deposits could not be sent to the bank account.',
  payment_method_microdeposit_verification_attempts_exceeded:
    'The bank account was not verified: too many wrong answers.',
  payment_method_microdeposit_verification_timeout:
    'The bank account was not verified within the time for it.',
}

/** Takes the customer's answer about the small deposits. A wrong one is counted, so its refusal is not thrown. */
export function verifyDeposits(
  sandbox: Sandbox,
  intent: VerifiedIntent,
  answer: DepositAnswer,
): DepositResult {
  if (!awaitsDeposits(intent))
    return refused('This bank account does not wait for verification.', 'intent_invalid_state')
  const verdict = judgeDeposits(answer)
  if (verdict === 'right') return { ok: true, intent: acceptAccount(sandbox, intent) }
  if (verdict === 'malformed') {
    return refused(
      'Give the two amounts in cents (1 to 99) or the six characters of the code, which starts with SM.',
      'payment_method_microdeposit_verification_amounts_invalid',
    )
  }
  const wrong = (secretsOfMethod(sandbox, intent.payment_method).wrongDepositAnswers ?? 0) + 1
  rememberOfMethod(sandbox, intent.payment_method, { wrongDepositAnswers: wrong })
  if (verdict === 'timed_out')
    return endedBy(sandbox, intent, 'payment_method_microdeposit_verification_timeout')
  if (verdict === 'too_many_attempts' || wrong >= MAX_WRONG_ANSWERS)
    return endedBy(sandbox, intent, 'payment_method_microdeposit_verification_attempts_exceeded')
  const kind = answer.code === undefined ? 'amounts' : 'descriptor_code'
  return refused(
    `That is not what was deposited. You have ${MAX_WRONG_ANSWERS - wrong} more tries.`,
    `payment_method_microdeposit_verification_${kind}_mismatch`,
  )
}

/** The verification ends without success; one that has ended already stays as it is. */
export function failDeposits(sandbox: Sandbox, id: string, code: FailureCode): void {
  const intent = findVerifiedIntent(sandbox, id)
  if (!awaitsDeposits(intent)) return
  const method = sandbox.store.get('payment_method', idOf(intent.payment_method))
  const error: PaymentError = errorOf(code, FAILURES[code], method)
  endMandates(sandbox, method.id)
  if (intent.object === 'setup_intent') rejectSetup(sandbox, intent, error)
  else tellSession(sandbox, rejectIntent(sandbox, intent, error).intent, 'failed')
}

function acceptAccount(sandbox: Sandbox, intent: VerifiedIntent): VerifiedIntent {
  const method = sandbox.store.get('payment_method', idOf(intent.payment_method))
  rememberOfMethod(sandbox, method, { isVerified: true })
  if (intent.object === 'setup_intent') return completeSetup(sandbox, intent, method)
  const { mandateId } = sandbox.store.secretsOf('payment_intent', intent.id)
  moveMandate(sandbox, mandateId ?? null, 'active')
  const attempt = submitDebit(sandbox, intent, method)
  if (attempt.error) tellSession(sandbox, attempt.intent, 'failed')
  return attempt.intent
}

function endedBy(sandbox: Sandbox, intent: VerifiedIntent, code: FailureCode): DepositResult {
  failDeposits(sandbox, intent.id, code)
  return refused(FAILURES[code], code)
}

function refused(
  message: string,
  code: Extract<Stripe.PaymentIntent.LastPaymentError['code'], string>,
): DepositResult {
  return { ok: false, refusal: invalidRequest(message, undefined, code) }
}
