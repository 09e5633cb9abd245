import type Stripe from 'stripe'
import { isOpenDispute, loseDispute, winDispute } from '#scripts/sandbox/aftermath/close-dispute.ts'
import { openDispute } from '#scripts/sandbox/aftermath/disputes.ts'
import { returnLate } from '#scripts/sandbox/banking/late-return.ts'
import { awaitsDeposits } from '#scripts/sandbox/banking/microdeposits.ts'
import { BANK_RETURNS, type BankReturn, findBankReturn } from '#scripts/sandbox/banking/return-codes.ts'
import { returnDebit, succeedDebit } from '#scripts/sandbox/banking/settle-debit.ts'
import { failDeposits, verifyDeposits } from '#scripts/sandbox/banking/verify-microdeposits.ts'
import { failChallenge, passChallenge } from '#scripts/sandbox/checkout/confirm-card.ts'
import { answerChallenge } from '#scripts/sandbox/checkout/pay-session.ts'
import { type HttpReply, jsonReply } from '#scripts/sandbox/http/messages.ts'
import { idOf } from '#scripts/sandbox/kinds.ts'
import { isBankDebit } from '#scripts/sandbox/resources/charges.ts'
import type { Sandbox } from '#scripts/sandbox/sandbox.ts'

type Intent = Stripe.PaymentIntent
/** Further words of a move: why a payment is disputed, or with which code a debit comes back. */
type Words = { reason: string | null; code: string | null }
type Move = (sandbox: Sandbox, intent: Intent, words: Words) => HttpReply

const MOVES: Readonly<Record<string, Move>> = {
  succeed: (sandbox, intent) => endWaiting(sandbox, intent, null),
  fail: failPayment,
  dispute: disputePayment,
  late_return: returnPaymentLate,
  dispute_win: (sandbox, intent) => decideDispute(sandbox, intent, winDispute),
  dispute_lose: (sandbox, intent) => decideDispute(sandbox, intent, loseDispute),
}

/** The moves by hand, as they stand in the address. */
export const MOVE_NAMES = Object.keys(MOVES)

/**
 * Moves a payment by hand: `succeed` and `fail` end what it waits for (the bank's check, small deposits, a debit on
 * its way), the others dispute it, send its debit back late, or decide a dispute.
 */
export function moveIntent(sandbox: Sandbox, id: string, name: string, words: Words): HttpReply {
  const intent = sandbox.store.find('payment_intent', id)
  const move = MOVES[name]
  if (!intent || !move) return jsonReply(404, { error: `No payment ${id}` })
  return sandbox.store.transaction(() => move(sandbox, intent, words))
}

function failPayment(sandbox: Sandbox, intent: Intent, { code }: Words): HttpReply {
  const failure = findBankReturn(code ?? 'R01')
  return failure ? endWaiting(sandbox, intent, failure) : jsonReply(400, { error: `No return code ${code}` })
}

/** Ends what a payment waits for; without a failure it succeeds. */
function endWaiting(sandbox: Sandbox, intent: Intent, failure: BankReturn | null): HttpReply {
  const chargeId = idOf(intent.latest_charge)
  if (intent.status === 'processing' && chargeId !== null) {
    if (failure) returnDebit(sandbox, chargeId, failure)
    else succeedDebit(sandbox, chargeId)
  } else if (isWaitingForDeposits(intent)) {
    if (failure) failDeposits(sandbox, intent.id, 'payment_method_microdeposit_verification_timeout')
    else verifyDeposits(sandbox, intent, { code: 'SM11AA' })
  } else if (intent.status === 'requires_action') answerCheck(sandbox, intent, failure === null)
  else return conflict(intent, 'it waits for nothing')
  return jsonReply(200, sandbox.store.get('payment_intent', intent.id))
}

function isWaitingForDeposits(intent: Intent): boolean {
  return awaitsDeposits(intent)
}

function answerCheck(sandbox: Sandbox, intent: Intent, passes: boolean): void {
  const { sessionId } = sandbox.store.secretsOf('payment_intent', intent.id)
  if (sessionId) answerChallenge(sandbox, sessionId, passes)
  else if (passes) passChallenge(sandbox, intent)
  else failChallenge(sandbox, intent)
}

function disputePayment(sandbox: Sandbox, intent: Intent, { reason }: Words): HttpReply {
  const charge = paidCharge(sandbox, intent)
  if (!charge) return conflict(intent, 'only a succeeded one can be disputed')
  if (isBankDebit(charge)) {
    const known = Object.values(BANK_RETURNS).find((one) => one.disputeReason === reason)
    return jsonReply(200, returnLate(sandbox, charge.id, known ?? BANK_RETURNS.R10))
  }
  const plan = { reason: reason ?? 'fraudulent', share: 'whole', isInquiry: false } as const
  return jsonReply(200, openDispute(sandbox, charge.id, plan))
}

function returnPaymentLate(sandbox: Sandbox, intent: Intent, { code }: Words): HttpReply {
  const bankReturn = findBankReturn(code ?? 'R01')
  if (!bankReturn) return jsonReply(400, { error: `No return code ${code}` })
  const charge = paidCharge(sandbox, intent)
  if (!charge || !isBankDebit(charge)) return conflict(intent, 'only a succeeded bank debit comes back late')
  return jsonReply(200, returnLate(sandbox, charge.id, bankReturn))
}

function decideDispute(
  sandbox: Sandbox,
  intent: Intent,
  decide: (sandbox: Sandbox, id: string) => Stripe.Dispute,
): HttpReply {
  const disputes = sandbox.store.allWhere('dispute', 'payment_intent', intent.id)
  const open = disputes.find(isOpenDispute)
  return open ? jsonReply(200, decide(sandbox, open.id)) : conflict(intent, 'it has no open dispute')
}

function paidCharge(sandbox: Sandbox, intent: Intent): Stripe.Charge | null {
  return intent.status === 'succeeded' ? sandbox.store.find('charge', idOf(intent.latest_charge)) : null
}

function conflict(intent: Intent, why: string): HttpReply {
  return jsonReply(409, { error: `Payment ${intent.id} is ${intent.status}; ${why}` })
}
