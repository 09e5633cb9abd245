import { randomUUID } from 'node:crypto'
import Stripe from 'stripe'
import {
  type CustomerAnswer,
  chargeAnswer,
  checkoutAnswer,
  customerAnswer,
  eventAnswer,
} from '#app/gateways/stripe/answers.ts'
import {
  asSeconds,
  asWritten,
  collect,
  read,
  readOrNull,
  type StripeConfig,
  stripeCalls,
  write,
  writeOrFind,
} from '#app/gateways/stripe/calls.server.ts'
import {
  chargeReading,
  checkoutReading,
  checkoutRequest,
  processorEvent,
  storedCheckout,
} from '#app/gateways/stripe/mapping.ts'
import { methodCalls } from '#app/gateways/stripe/methods.server.ts'
import { moneyBackCalls } from '#app/gateways/stripe/money-back.server.ts'
import type { CardProcessor } from '#app/gateways/stripe/port.ts'
import { stripeScale } from '#app/gateways/stripe/stripe-scale.ts'

/** How old a webhook's signature may be, in seconds of real time: Stripe's own tolerance. */
const SIGNATURE_TOLERANCE_SECONDS = 300
/** No checkout stays open for longer, so none is older than this before its expiry. */
const LONGEST_CHECKOUT_SECONDS = 24 * 3_600
/** Stripe forgets a key after a day; a little more, since the two clocks need not agree. */
const KEY_LIFE_SECONDS = 25 * 3_600
const EXPAND_PAYMENT = ['payment_intent.latest_charge.balance_transaction']

/** Every type of event that can change what we know; a list of events takes at most 20 types, so they are asked for in two. */
export const WATCHED_EVENTS: readonly (readonly string[])[] = [
  [
    'checkout.session.completed',
    'checkout.session.expired',
    'checkout.session.async_payment_succeeded',
    'checkout.session.async_payment_failed',
    'payment_intent.requires_action',
    'payment_intent.processing',
    'payment_intent.succeeded',
    'payment_intent.payment_failed',
    'payment_intent.canceled',
    'charge.pending',
    'charge.succeeded',
    'charge.updated',
    'charge.failed',
    'charge.refunded',
  ],
  [
    'refund.created',
    'refund.updated',
    'refund.failed',
    'charge.dispute.created',
    'charge.dispute.updated',
    'charge.dispute.funds_withdrawn',
    'charge.dispute.funds_reinstated',
    'charge.dispute.closed',
    'payment_method.attached',
    'payment_method.detached',
    'payment_method.updated',
    'payment_method.automatically_updated',
    'setup_intent.succeeded',
    'setup_intent.setup_failed',
    'mandate.updated',
  ],
]

/** A card processor that is Stripe, or the sandbox when the configuration names its address. */
export function createStripeProcessor(config: StripeConfig): CardProcessor {
  const calls = stripeCalls(config)
  const { stripe, reading, writing } = calls

  const processor: CardProcessor = {
    ...methodCalls(calls),
    ...moneyBackCalls(calls),
    async ensureCustomer({ knownId, reference, name, email }) {
      const known = knownId === null ? null : await findCustomer(knownId)
      if (known !== null) return known
      // A customer deleted at Stripe gets a successor under a key of its own; the first key would bring the dead one back.
      const key = `customers.create:${reference}:${knownId ?? '1'}`
      // Only what never changes goes with the key: the same customer comes back after a crash, whatever it is called by then.
      const { id } = await writeOrFind(
        'customers.create',
        async () =>
          customerAnswer.parse(
            await stripe.customers.create({ metadata: { customer_id: reference } }, writing(key)),
          ),
        () => findNewCustomer(reference),
      )
      // Setting the name has the same end however often it is done, so it needs no key that outlives the call.
      return write('customers.update', async () => {
        const params = { name, ...(email === null ? {} : { email }) }
        const answer = await stripe.customers.update(id, params, writing(`customers.update:${randomUUID()}`))
        return customerFound(id, answer.lastResponse.headers)
      })
    },
    chargeStep: (currency) => stripeScale(currency)?.step ?? null,
    checkoutRequest,
    createCheckout(request, idempotencyKey) {
      const create = async () => {
        const params = storedCheckout.parse(request)
        const answer = await stripe.checkout.sessions.create(params, writing(idempotencyKey))
        return {
          value: checkoutReading(checkoutAnswer.parse(answer)),
          requestId: answer.lastResponse.requestId,
        }
      }
      return writeOrFind('checkout.sessions.create', create, () => asWritten(processor.findCheckout(request)))
    },
    readCheckout(checkoutId) {
      return readOrNull('checkout.sessions.retrieve', async () => {
        const answer = await stripe.checkout.sessions.retrieve(
          checkoutId,
          { expand: EXPAND_PAYMENT },
          reading,
        )
        return checkoutReading(checkoutAnswer.parse(answer))
      })
    },
    expireCheckout(checkoutId, idempotencyKey) {
      return write('checkout.sessions.expire', async () => {
        const answer = await stripe.checkout.sessions.expire(checkoutId, {}, writing(idempotencyKey))
        return {
          value: checkoutReading(checkoutAnswer.parse(answer)),
          requestId: answer.lastResponse.requestId,
        }
      })
    },
    findCheckout(request) {
      const {
        customer,
        client_reference_id: reference,
        expires_at: expiresAt,
      } = storedCheckout.parse(request)
      // The list is asked, not the search, which lags behind. The stored expiry is on Stripe's clock, which need not be ours.
      const params = { customer, created: { gte: expiresAt - LONGEST_CHECKOUT_SECONDS }, limit: 100 }
      // A customer that Stripe does not know has no checkouts.
      return readOrNull('checkout.sessions.list', async () => {
        const found = await collect(stripe.checkout.sessions.list(params, reading), checkoutAnswer)
        return found.map(checkoutReading).find((each) => each.reference === reference) ?? null
      })
    },
    readCharge(chargeId) {
      return readOrNull('charges.retrieve', async () => {
        const answer = await stripe.charges.retrieve(chargeId, { expand: ['balance_transaction'] }, reading)
        return chargeReading(chargeAnswer.parse(answer))
      })
    },
    listEvents(since) {
      return read('events.list', async () => {
        const events = []
        for (const types of WATCHED_EVENTS) {
          const params = { types: [...types], created: { gte: asSeconds(since) }, limit: 100 }
          const found = []
          for await (const each of stripe.events.list(params, reading))
            found.push(processorEvent(eventAnswer.parse(each), JSON.stringify(each)))
          events.push(...found.reverse())
        }
        return events.toSorted((a, b) => a.createdAt.getTime() - b.createdAt.getTime())
      })
    },
    readEvent(payload) {
      return processorEvent(eventAnswer.parse(payload), JSON.stringify(payload))
    },
    async verifyWebhook(rawBody, signature) {
      for (const secret of config.webhookSecrets) {
        try {
          const event = stripe.webhooks.constructEvent(
            rawBody,
            signature,
            secret,
            SIGNATURE_TOLERANCE_SECONDS,
          )
          return processorEvent(eventAnswer.parse(event), rawBody)
        } catch (error) {
          if (!(error instanceof Stripe.errors.StripeSignatureVerificationError)) throw error
        }
      }
      return null
    },
  }
  return processor

  async function findCustomer(
    id: string,
  ): Promise<{ processorCustomerId: string; processorNow: Date } | null> {
    return readOrNull('customers.retrieve', async () => {
      const answer = await stripe.customers.retrieve(id, {}, reading)
      const found = customerAnswer.parse(answer)
      return found.deleted ? null : customerFound(found.id, answer.lastResponse.headers)
    })
  }

  /** The customer that was made for this reference within the life of a key. */
  async function findNewCustomer(reference: string): Promise<CustomerAnswer | null> {
    return read('customers.list', async () => {
      const created = { gte: asSeconds(new Date()) - KEY_LIFE_SECONDS }
      const found = await collect(stripe.customers.list({ created, limit: 100 }, reading), customerAnswer)
      return found.find((each) => each.metadata?.customer_id === reference) ?? null
    })
  }
}

/** Stripe's clock is in the Date header of each answer; the sandbox's may run ahead of ours. */
function customerFound(
  processorCustomerId: string,
  headers: Readonly<Record<string, string>>,
): { processorCustomerId: string; processorNow: Date } {
  const told = Date.parse(headers.date ?? '')
  return { processorCustomerId, processorNow: new Date(Number.isNaN(told) ? Date.now() : told) }
}
