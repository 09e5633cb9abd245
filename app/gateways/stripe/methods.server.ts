import Stripe from 'stripe'
import {
  agreedAnswer,
  bankAccountAnswer,
  intentAnswer,
  mandateAnswer,
  methodAnswer,
  setupAnswer,
} from '#app/gateways/stripe/answers.ts'
import {
  asWritten,
  collect,
  read,
  readOrNull,
  type StripeCalls,
  write,
  writeOrFind,
} from '#app/gateways/stripe/calls.server.ts'
import { isMissing } from '#app/gateways/stripe/errors.ts'
import { findAgreement, findBankAccount, findSetup } from '#app/gateways/stripe/find-kept.server.ts'
import { intentReading } from '#app/gateways/stripe/mapping.ts'
import {
  agreedReading,
  agreeRequest,
  bankAccountReading,
  chargeRequest,
  mandateReading,
  methodReading,
  setupReading,
  setupRequest,
  storedCharge,
  storedSetup,
} from '#app/gateways/stripe/method-mapping.ts'
import type { CardProcessor, IntentReading, Written } from '#app/gateways/stripe/port.ts'

const EXPAND_CHARGE = ['latest_charge.balance_transaction']
/** A charge is looked for from so long before it was asked for: the two clocks need not agree to the second. */
const CLOCK_SLACK_SECONDS = 300

type MethodCalls = Pick<
  CardProcessor,
  | 'chargeRequest'
  | 'createCharge'
  | 'findCharge'
  | 'readIntent'
  | 'setupRequest'
  | 'createSetup'
  | 'readSetup'
  | 'listMethods'
  | 'readMethod'
  | 'detachMethod'
  | 'readMandate'
  | 'keepBankAccount'
  | 'agreeToDebits'
>

/** What concerns saved methods: keeping, charging and letting go of them. */
export function methodCalls(calls: StripeCalls): MethodCalls {
  const { stripe, reading, writing } = calls
  const methods: MethodCalls = {
    chargeRequest,
    createCharge(request, idempotencyKey) {
      const create = async () => {
        const params = { ...storedCharge.parse(request), expand: EXPAND_CHARGE }
        try {
          const answer = await stripe.paymentIntents.create(params, writing(idempotencyKey))
          return {
            value: intentReading(intentAnswer.parse(answer)),
            requestId: answer.lastResponse.requestId,
          }
        } catch (error) {
          return declined(error)
        }
      }
      return writeOrFind('payment_intents.create', create, () => asWritten(methods.findCharge(request)))
    },
    findCharge(request) {
      const { customer, metadata } = storedCharge.parse(request)
      const since = Number(metadata.asked_at) - CLOCK_SLACK_SECONDS
      return readOrNull('payment_intents.list', async () => {
        const found = await collect(
          stripe.paymentIntents.list({ customer, created: { gte: since }, limit: 100 }, reading),
          intentAnswer,
        )
        return found.map(intentReading).find((each) => each.reference === metadata.payment_id) ?? null
      })
    },
    readIntent(intentId) {
      return readOrNull('payment_intents.retrieve', async () => {
        const answer = await stripe.paymentIntents.retrieve(intentId, { expand: EXPAND_CHARGE }, reading)
        return intentReading(intentAnswer.parse(answer))
      })
    },
    setupRequest,
    createSetup(request, idempotencyKey) {
      const params = storedSetup.parse(request)
      const create = async () => {
        const answer = await stripe.checkout.sessions.create(params, writing(idempotencyKey))
        return { value: setupReading(setupAnswer.parse(answer)), requestId: answer.lastResponse.requestId }
      }
      return writeOrFind('checkout.sessions.create', create, () => asWritten(findSetup(calls, params)))
    },
    readSetup(checkoutId) {
      return readOrNull('checkout.sessions.retrieve', async () => {
        const answer = await stripe.checkout.sessions.retrieve(
          checkoutId,
          { expand: ['setup_intent'] },
          reading,
        )
        return setupReading(setupAnswer.parse(answer))
      })
    },
    listMethods(processorCustomerId) {
      return read('customers.listPaymentMethods', async () => {
        const found = await collect(
          stripe.customers.listPaymentMethods(processorCustomerId, { limit: 100 }, reading),
          methodAnswer,
        )
        return found.map(methodReading)
      })
    },
    readMethod(methodId) {
      return readOrNull('payment_methods.retrieve', async () =>
        methodReading(methodAnswer.parse(await stripe.paymentMethods.retrieve(methodId, {}, reading))),
      )
    },
    detachMethod(methodId, idempotencyKey) {
      return write('payment_methods.detach', async () => {
        try {
          if (isLinkedAccount(methodId)) await deleteSource(methodId, idempotencyKey)
          else await stripe.paymentMethods.detach(methodId, {}, writing(idempotencyKey))
        } catch (error) {
          if (!isMissing(error) && !(await isDetached(methodId))) throw error
        }
      })
    },
    readMandate(mandateId) {
      return readOrNull('mandates.retrieve', async () =>
        mandateReading(mandateAnswer.parse(await stripe.mandates.retrieve(mandateId, {}, reading))),
      )
    },
    keepBankAccount(processorCustomerId, bankToken, idempotencyKey) {
      // What was made under a key can be told by it.
      const params = { source: bankToken, metadata: { kept_by: idempotencyKey } }
      const create = async () => {
        const answer = await stripe.customers.createSource(
          processorCustomerId,
          params,
          writing(idempotencyKey),
        )
        return bankAccountReading(bankAccountAnswer.parse(answer), new Date())
      }
      return writeOrFind('customers.createSource', create, () =>
        findBankAccount(calls, processorCustomerId, idempotencyKey),
      )
    },
    agreeToDebits(input, idempotencyKey) {
      const create = async () => {
        try {
          const answer = await stripe.setupIntents.create(agreeRequest(input), writing(idempotencyKey))
          return agreedReading(agreedAnswer.parse(answer))
        } catch (error) {
          if (!(error instanceof Stripe.errors.StripeCardError)) throw error
          return { mandateId: null, failureCode: error.code ?? 'declined' }
        }
      }
      return writeOrFind('setup_intents.create', create, () => findAgreement(calls, input))
    },
  }
  return methods

  /** An account that came by a linking service belongs to its customer in the older way, and is let go of in that way. */
  async function deleteSource(methodId: string, idempotencyKey: string): Promise<void> {
    const { customer } = await stripe.paymentMethods.retrieve(methodId, {}, reading)
    if (customer === null) return
    const owner = typeof customer === 'string' ? customer : customer.id
    await stripe.customers.deleteSource(owner, methodId, {}, writing(idempotencyKey))
  }

  async function isDetached(methodId: string): Promise<boolean> {
    const method = await stripe.paymentMethods.retrieve(methodId, {}, reading)
    return method.customer === null
  }
}

const isLinkedAccount = (methodId: string): boolean => methodId.startsWith('ba_')

/** A decline (402) carries the payment that was made and not paid: an answer, and its code tells why. */
function declined(error: unknown): Written<IntentReading> {
  if (!(error instanceof Stripe.errors.StripeCardError) || error.payment_intent === undefined) throw error
  return {
    value: intentReading(intentAnswer.parse(error.payment_intent)),
    requestId: error.requestId ?? null,
  }
}
