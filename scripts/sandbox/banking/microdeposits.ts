import type Stripe from 'stripe'
import { addBusinessDays, bankMoment, submissionDate } from '#scripts/sandbox/banking/business-days.ts'
import { idOf } from '#scripts/sandbox/kinds.ts'
import { bankBehind } from '#scripts/sandbox/methods/behind-method.ts'
import type { Sandbox } from '#scripts/sandbox/sandbox.ts'
import { schedule } from '#scripts/sandbox/timers.ts'
import { emit } from '#scripts/sandbox/webhooks/emit.ts'

export type VerifiedIntent = Stripe.PaymentIntent | Stripe.SetupIntent

const ARRIVAL_BUSINESS_DAYS = 1
const LIFE_SECONDS = 10 * 24 * 60 * 60
/** That deposits cannot be sent is known this much later. */
const FAILURE_SECONDS = 2

/** Sends two small deposits to an account whose numbers were typed, and waits until the customer tells what came. */
export function awaitDeposits(sandbox: Sandbox, intent: VerifiedIntent): VerifiedIntent {
  const now = sandbox.clock.now()
  const waiting: VerifiedIntent = {
    ...intent,
    next_action: {
      type: 'verify_with_microdeposits',
      verify_with_microdeposits: {
        arrival_date: bankMoment(addBusinessDays(submissionDate(now), ARRIVAL_BUSINESS_DAYS)),
        hosted_verification_url: `${sandbox.publicUrl}/verify/${intent.id}`,
        microdeposit_type: 'amounts',
      },
    },
    status: 'requires_action',
  }
  sandbox.store.update(waiting)
  emit(sandbox, `${intent.object}.requires_action`, waiting)
  schedule(sandbox, now + LIFE_SECONDS, 'microdeposits.expire', intent.id)
  if (!bankBehind(sandbox, idOf(intent.payment_method)).takesMicrodeposits)
    schedule(sandbox, now + FAILURE_SECONDS, 'microdeposits.fail', intent.id)
  return waiting
}

/** Whether an intent waits for the customer to tell which small deposits came. */
export function awaitsDeposits(intent: VerifiedIntent | null): intent is VerifiedIntent {
  return intent?.status === 'requires_action' && intent.next_action?.type === 'verify_with_microdeposits'
}

/** The payment or setup of an id, or null. */
export function findVerifiedIntent(sandbox: Sandbox, id: string): VerifiedIntent | null {
  return sandbox.store.find('payment_intent', id) ?? sandbox.store.find('setup_intent', id)
}
