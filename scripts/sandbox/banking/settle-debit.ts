import type Stripe from 'stripe'
import { cancelWaitingRefunds, startWaitingRefunds } from '#scripts/sandbox/aftermath/debit-refunds.ts'
import { moveBalance } from '#scripts/sandbox/balance/balance.ts'
import { FAILED_DEBIT_FEE } from '#scripts/sandbox/balance/fees.ts'
import { blockMethod } from '#scripts/sandbox/banking/block-method.ts'
import { BANK_RETURNS, type BankReturn } from '#scripts/sandbox/banking/return-codes.ts'
import { errorOf, rejectIntent } from '#scripts/sandbox/checkout/attempt.ts'
import { tellSession } from '#scripts/sandbox/checkout/tell-session.ts'
import { idOf } from '#scripts/sandbox/kinds.ts'
import { bankBehind } from '#scripts/sandbox/methods/behind-method.ts'
import { endMandates, moveMandate } from '#scripts/sandbox/methods/mandates.ts'
import { returnedOutcome } from '#scripts/sandbox/resources/charge-details.ts'
import { settleCharge } from '#scripts/sandbox/resources/charges.ts'
import type { Sandbox } from '#scripts/sandbox/sandbox.ts'
import { schedule } from '#scripts/sandbox/timers.ts'
import { emit } from '#scripts/sandbox/webhooks/emit.ts'

type Charge = Stripe.Charge

/** The bank answers a debit in the way that its test account stands for. */
export function settleDebit(sandbox: Sandbox, chargeId: string): void {
  const charge = sandbox.store.get('charge', chargeId)
  const { debit } = bankBehind(sandbox, charge.payment_method)
  if (debit.kind === 'returned') returnDebit(sandbox, chargeId, returnOf(charge, debit.bankReturn))
  else succeedDebit(sandbox, chargeId)
}

/** The code for "not authorised" is a consumer's; a company's bank uses another. */
function returnOf(charge: Charge, bankReturn: BankReturn): BankReturn {
  const isCompany = charge.payment_method_details?.us_bank_account?.account_holder_type === 'company'
  return isCompany && bankReturn.networkCode === 'R10' ? BANK_RETURNS.R29 : bankReturn
}

/** The money of a pending debit has come. A debit that is final already stays as it is. */
export function succeedDebit(sandbox: Sandbox, chargeId: string): void {
  const charge = sandbox.store.get('charge', chargeId)
  if (charge.status !== 'pending') return
  const succeeded: Charge = { ...charge, paid: true, status: 'succeeded' }
  sandbox.store.update(succeeded)
  emit(sandbox, 'charge.succeeded', succeeded, { paid: false, status: 'pending' })
  const intent = sandbox.store.get('payment_intent', idOf(charge.payment_intent))
  const paid: Stripe.PaymentIntent = { ...intent, amount_received: intent.amount, status: 'succeeded' }
  sandbox.store.update(paid)
  emit(sandbox, 'payment_intent.succeeded', paid)
  tellSession(sandbox, paid, 'paid')
  settleCharge(sandbox, chargeId)
  endSingleMandate(sandbox, charge)
  startWaitingRefunds(sandbox, chargeId)
  planLateReturn(sandbox, charge)
}

/** A pending debit came back before it succeeded. A debit that is final already stays as it is. */
export function returnDebit(sandbox: Sandbox, chargeId: string, bankReturn: BankReturn): void {
  const charge = sandbox.store.get('charge', chargeId)
  if (charge.status !== 'pending') return
  const movements = bookReturn(sandbox, charge)
  const failed: Charge = {
    ...charge,
    ...movements,
    amount_captured: 0,
    captured: false,
    failure_code: bankReturn.failureCode,
    failure_message: bankReturn.message,
    outcome: returnedOutcome(bankReturn),
    status: 'failed',
  }
  sandbox.store.update(failed)
  emit(sandbox, 'charge.failed', failed, { status: 'pending' })
  const method = sandbox.store.get('payment_method', charge.payment_method)
  const intent = sandbox.store.get('payment_intent', idOf(charge.payment_intent))
  const error = { ...errorOf(bankReturn.failureCode, bankReturn.message, method), charge: charge.id }
  const { intent: rejected } = rejectIntent(sandbox, intent, error)
  tellSession(sandbox, rejected, 'failed')
  cancelWaitingRefunds(sandbox, chargeId)
  endSingleMandate(sandbox, charge)
  if (!bankReturn.blocked) return
  endMandates(sandbox, method.id)
  blockMethod(sandbox, method.id, bankReturn.blocked)
}

function planLateReturn(sandbox: Sandbox, charge: Charge): void {
  const { debit } = bankBehind(sandbox, charge.payment_method)
  if (debit.kind !== 'returned_late') return
  const dueAt = sandbox.clock.now() + debit.afterSeconds
  schedule(sandbox, dueAt, 'charge.late_return', charge.id, JSON.stringify(debit.bankReturn))
}

/** What came and went again, and the fee for it: together they leave the balance lower by the fee. */
function bookReturn(
  sandbox: Sandbox,
  { id, amount, currency, description }: Charge,
): Pick<Charge, 'balance_transaction' | 'failure_balance_transaction'> {
  const common = { currency, source: id, fee: 0, availableOn: sandbox.clock.now() }
  const came = moveBalance(sandbox, {
    ...common,
    type: 'payment',
    reportingCategory: 'charge',
    amount,
    description,
  })
  const went = moveBalance(sandbox, {
    ...common,
    type: 'payment_failure_refund',
    reportingCategory: 'charge_failure',
    amount: -amount,
    description: `Payment failure refund for ${id}`,
  })
  moveBalance(sandbox, {
    ...common,
    type: 'stripe_fee',
    reportingCategory: 'fee',
    amount: -FAILED_DEBIT_FEE,
    description: `ACH debit failure fee for ${id}`,
  })
  return { balance_transaction: came.id, failure_balance_transaction: went.id }
}

/** A mandate for one payment is used up when that payment has ended. */
function endSingleMandate(sandbox: Sandbox, charge: Charge): void {
  const mandate = sandbox.store.find('mandate', idOf(charge.payment_method_details?.us_bank_account?.mandate))
  if (mandate?.type === 'single_use') moveMandate(sandbox, mandate.id, 'inactive')
}
