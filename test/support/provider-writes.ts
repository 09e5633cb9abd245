/** Every write that we make at a provider, as a row: how it is begun, brought to its end by jobs and people, and counted over there. */
import type Stripe from 'stripe'
import { asId, type CustomerId, decodeId, newId, type PaymentId, type PersonId } from '#app/books/ids.ts'
import type { BankLinkProvider } from '#app/gateways/plaid/port.ts'
import type { CardProcessor } from '#app/gateways/stripe/port.ts'
import { cancelPayment } from '#app/payments/cancel-payment.server.ts'
import { chargeMethod } from '#app/payments/charge-method.server.ts'
import { answerChargeback } from '#app/payments/chargebacks/answer-chargeback.server.ts'
import { openToken } from '#app/payments/linked-banks/access-token.server.ts'
import { keepLinkedAccount } from '#app/payments/linked-banks/keep-account.server.ts'
import { endLink } from '#app/payments/linked-banks/links/end-link.server.ts'
import { startBankLink } from '#app/payments/linked-banks/links/start-link.server.ts'
import { sweepLinks } from '#app/payments/linked-banks/links/sweep-links.server.ts'
import { syncBankLink } from '#app/payments/linked-banks/links/sync-link.server.ts'
import { removeMethod } from '#app/payments/methods/change-method.server.ts'
import { sendSetup, setUpMethod } from '#app/payments/methods/set-up-method.server.ts'
import { ensureProcessorCustomer } from '#app/payments/processor-customer.server.ts'
import {
  ACCEPT_CHARGEBACK,
  CREATE_CHARGE,
  CREATE_CHECKOUT,
  CREATE_REFUND,
  EXPIRE_CHECKOUT,
  SUBMIT_EVIDENCE,
} from '#app/payments/writes/operations.ts'
import { sendAttempt } from '#app/payments/writes/send-attempt.server.ts'
import { db } from '#app/platform/db.server.ts'
import {
  agree,
  type BankWorld,
  beginLink,
  keepBank,
  linkBank,
  linkRow,
  RICH,
  stepAt,
  visitBank,
} from '#test/support/bank-world.ts'
import {
  type Buyer,
  cartOf,
  chargesOf,
  checkoutsOf,
  createBuyer,
  deliverWebhooks,
  openCheckout,
  pay,
  paymentRow,
  saveMethod,
  settleDown,
} from '#test/support/card-world.ts'
import { ask, hire, paidBy, refundOf } from '#test/support/money-back.ts'
import { asOwner } from '#test/support/owner.ts'

/** The providers as the product has them, or ones that soon give up waiting. */
export type Providers = { processor: CardProcessor; banks: BankLinkProvider }

export type Begun = {
  /** The write, as the product does it. Throws a GatewayFault where its caller would see one. */
  act: (providers: Providers) => Promise<unknown>
  /** What jobs, and whoever looks at the page again, do later. `isRemembered`: the provider answers the same key with its failure for a day. */
  recover: (isRemembered: boolean) => Promise<void>
  /** How many things the write has made at the provider. */
  effects: () => Promise<number>
  /** Whether the product knows that it is done. */
  isDone: () => Promise<boolean>
}

export type WriteRow = {
  /** The gateway's name of the call. */
  operation: string
  method: 'POST' | 'DELETE'
  /** Where it goes; requests whose path begins so meet the fault. */
  path: string
  begin: (world: BankWorld) => Promise<Begun>
}

const ORIGIN = 'http://localhost:3000'

/** Lets time pass for the attempts of a payment, and sends or looks for those that have no answer. */
async function askAgain(world: BankWorld, paymentId: PaymentId, isRemembered: boolean): Promise<void> {
  const open = () =>
    db.paymentAttempt.findMany({ where: { paymentId, state: { in: ['recorded', 'sent', 'unknown'] } } })
  for (const { id } of await open()) await sendAttempt(world.processor, id)
  if (isRemembered) {
    await asOwner(
      `UPDATE payment_attempt SET created_at = created_at - interval '24 hours', first_sent_at = first_sent_at - interval '24 hours',
         last_sent_at = last_sent_at - interval '24 hours' WHERE payment_id = $1`,
      [paymentId],
    )
    for (const { id } of await open()) await sendAttempt(world.processor, id)
  }
  await settleDown(world, paymentId)
}

async function all<Item>(list: AsyncIterable<Item>): Promise<Item[]> {
  const found = []
  for await (const each of list) found.push(each)
  return found
}

async function processorCustomerOf({ customerId }: Buyer): Promise<string> {
  const { stripeCustomerId } = await db.customer.findUniqueOrThrow({ where: { id: customerId } })
  return stripeCustomerId ?? ''
}

/** The customers that the processor has for one of ours. */
async function customersAt(world: BankWorld, customerId: CustomerId): Promise<Stripe.Customer[]> {
  const customers = await all(world.sandbox.stripe.customers.list({ limit: 100 }))
  return customers.filter((each) => decodeId('cst', each.metadata.customer_id ?? '') === customerId)
}

const isIn = async (paymentId: PaymentId, ...states: readonly string[]): Promise<boolean> =>
  states.includes((await paymentRow(paymentId)).state)

/** A checkout of a new customer, whose account at the processor is made on the way. */
async function beginPayment(
  world: BankWorld,
  effects: (buyer: Buyer, paymentId: PaymentId) => Promise<number>,
): Promise<Begun> {
  const buyer = await createBuyer([5_000n])
  const cart = await cartOf(buyer)
  return {
    act: ({ processor }) => pay(world, buyer, cart, processor),
    recover: async (isRemembered) => {
      await askAgain(world, cart.paymentId, isRemembered).catch(() => {})
      await pay(world, buyer, cart)
    },
    effects: () => effects(buyer, cart.paymentId),
    isDone: () => isIn(cart.paymentId, 'awaiting_customer'),
  }
}

/** The answer to a chargeback: evidence, or null to give it up. */
async function beginAnswer(world: BankWorld, evidence: string | null): Promise<Begun> {
  const { paymentId } = await paidBy(world, [3_000n])
  const { stripePaymentIntentId } = await paymentRow(paymentId)
  await world.sandbox.control('POST', `payments/${stripePaymentIntentId}/dispute?reason=fraudulent`)
  await deliverWebhooks(world)
  const { id, providerDisputeId } = await db.chargeback.findFirstOrThrow({ where: { paymentId } })
  const personId: PersonId = await hire('clerk')
  const isAnswered = async (): Promise<boolean> => {
    const { status, evidence_details } = await world.sandbox.stripe.disputes.retrieve(providerDisputeId)
    return evidence === null ? status === 'lost' : evidence_details.submission_count === 1
  }
  return {
    act: ({ processor }) => {
      const attemptId = newId()
      return answerChargeback({ processor, chargebackId: asId<'cbk'>(id), attemptId, personId, evidence })
    },
    recover: (isRemembered) => askAgain(world, paymentId, isRemembered),
    effects: async () => ((await isAnswered()) ? 1 : 0),
    isDone: async () => (await db.paymentAttempt.count({ where: { paymentId, state: 'unknown' } })) === 0,
  }
}

/** A linked account with its mandate, on its way to the card processor. */
async function beginKeeping(
  world: BankWorld,
  effects: (customer: string) => Promise<number>,
): Promise<Begun> {
  const buyer = await createBuyer([])
  await ensureProcessorCustomer(world.processor, buyer.customerId)
  const linkId = await linkBank(world, buyer)
  await agree(buyer, linkId)
  return {
    act: ({ processor, banks }) => keepLinkedAccount(processor, banks, linkId),
    recover: async (isRemembered) => {
      await keepLinkedAccount(world.processor, world.banks, linkId).catch(() => {})
      if (isRemembered) await keepLinkedAccount(world.processor, world.banks, linkId)
    },
    effects: async () => effects(await processorCustomerOf(buyer)),
    isDone: async () => (await stepAt(buyer, linkId)) === 'ready',
  }
}

/** Lets go of a kept method. */
async function beginRemoval(
  world: BankWorld,
  buyer: Buyer,
  methodId: Parameters<typeof removeMethod>[1]['methodId'],
): Promise<Begun> {
  const { customerId, personId } = buyer
  const remove = (processor: CardProcessor) => removeMethod(processor, { customerId, personId, methodId })
  return {
    act: ({ processor }) => remove(processor),
    recover: async () => {
      await remove(world.processor)
    },
    effects: async () => {
      const left = await world.processor.listMethods(await processorCustomerOf(buyer))
      return left.length === 0 ? 1 : 0
    },
    isDone: async () =>
      (await db.savedMethod.findUniqueOrThrow({ where: { id: methodId } })).state === 'removed',
  }
}

/** The visit to the processor's page that keeps a method; whoever finds no page begins anew. */
async function beginSetup(world: BankWorld): Promise<Begun> {
  const buyer = await createBuyer([])
  await ensureProcessorCustomer(world.processor, buyer.customerId)
  const { customerId, personId } = buyer
  const last = () => db.methodSetup.findFirst({ where: { customerId }, orderBy: { createdAt: 'desc' } })
  return {
    act: ({ processor }) => setUpMethod({ processor, customerId, personId, kind: 'card', origin: ORIGIN }),
    recover: async () => {
      const setup = await last()
      if (setup !== null) await sendSetup(world.processor, setup.id)
    },
    effects: async () => {
      const customer = await processorCustomerOf(buyer)
      return (await all(world.sandbox.stripe.checkout.sessions.list({ customer, limit: 100 }))).length
    },
    isDone: async () => (await last())?.state === 'open',
  }
}

/** A visit to the bank that has gone well, whose result is traded for lasting access; lost, the customer visits once more. */
async function beginExchange(world: BankWorld): Promise<Begun> {
  const buyer = await createBuyer([])
  const linkId = await beginLink(world, buyer)
  await visitBank(world, linkId, RICH)
  const linked = () => db.bankLink.count({ where: { customerId: buyer.customerId, state: 'linked' } })
  return {
    act: ({ banks }) => syncBankLink(banks, linkId),
    recover: async () => {
      await syncBankLink(world.banks, linkId)
      if ((await linked()) === 0) await linkBank(world, buyer)
    },
    effects: linked,
    isDone: async () => (await linked()) === 1,
  }
}

/** A page of the bank is asked for. */
async function beginVisit(world: BankWorld): Promise<Begun> {
  const { customerId, personId } = await createBuyer([])
  const start = (banks: BankLinkProvider) =>
    startBankLink({ banks, customerId, personId, origin: ORIGIN, webhookUrl: world.receiver.url })
  const opened = () => db.bankLink.count({ where: { customerId, linkUrl: { not: null } } })
  return {
    act: ({ banks }) => start(banks),
    recover: async () => {
      if ((await opened()) === 0) await start(world.banks)
    },
    effects: opened,
    isDone: async () => (await opened()) === 1,
  }
}

/** Our access to a login is given back. */
async function beginGivingBack(world: BankWorld): Promise<Begun> {
  const buyer = await createBuyer([])
  const linkId = await linkBank(world, buyer)
  const { accessToken } = await linkRow(linkId)
  return {
    act: async ({ banks }) => endLink(banks, await linkRow(linkId), 'REMOVED'),
    recover: async () => {
      await sweepLinks(world.processor, world.banks)
    },
    effects: async () => {
      const { status } = await world.banks.readItem(openToken(linkId, accessToken ?? ''))
      return status === 'gone' ? 1 : 0
    },
    isDone: async () => (await linkRow(linkId)).accessToken === null,
  }
}

export const WRITE_ROWS: readonly WriteRow[] = [
  {
    ...{ operation: CREATE_CHECKOUT, method: 'POST', path: '/v1/checkout/sessions' },
    begin: (world) => beginPayment(world, (_buyer, paymentId) => checkoutsOf(world, paymentId)),
  },
  {
    ...{ operation: EXPIRE_CHECKOUT, method: 'POST', path: '/v1/checkout/sessions/cs_' },
    begin: async (world) => {
      const buyer = await createBuyer([5_000n])
      const { paymentId, checkoutId } = await openCheckout(world, buyer)
      const { customerId, personId } = buyer
      return {
        act: ({ processor }) => cancelPayment({ processor, customerId, paymentId, personId }),
        recover: (isRemembered) => askAgain(world, paymentId, isRemembered),
        effects: async () => {
          const { status } = await world.sandbox.stripe.checkout.sessions.retrieve(checkoutId)
          return status === 'expired' ? 1 : 0
        },
        isDone: () => isIn(paymentId, 'canceled', 'expired'),
      }
    },
  },
  {
    ...{ operation: CREATE_CHARGE, method: 'POST', path: '/v1/payment_intents' },
    begin: async (world) => {
      const buyer = await createBuyer([5_000n])
      const methodId = await saveMethod(world, buyer, { card: '4242424242424242' })
      if (methodId === null) throw new Error('nothing was saved')
      const cart = await cartOf(buyer)
      const { customerId, personId } = buyer
      const who = { customerId, personId, methodId, acceptance: null, channel: 'portal' } as const
      return {
        act: ({ processor }) => chargeMethod({ ...who, processor, cart }),
        recover: (isRemembered) => askAgain(world, cart.paymentId, isRemembered),
        effects: async () => (await chargesOf(world, cart.paymentId)).length,
        isDone: () => isIn(cart.paymentId, 'settled'),
      }
    },
  },
  {
    ...{ operation: CREATE_REFUND, method: 'POST', path: '/v1/refunds' },
    begin: async (world) => {
      const { paymentId, chargeId } = await paidBy(world, [3_000n])
      const by = { kind: 'staff', personId: await hire('clerk') } as const
      return {
        act: ({ processor }) => ask({ processor }, paymentId, 3_000n, by),
        recover: (isRemembered) => askAgain(world, paymentId, isRemembered),
        effects: async () => (await all(world.sandbox.stripe.refunds.list({ charge: chargeId }))).length,
        isDone: async () => (await refundOf(paymentId)).state === 'succeeded',
      }
    },
  },
  {
    ...{ operation: SUBMIT_EVIDENCE, method: 'POST', path: '/v1/disputes/' },
    begin: (world) => beginAnswer(world, 'The goods were signed for on 3 March.'),
  },
  {
    ...{ operation: ACCEPT_CHARGEBACK, method: 'POST', path: '/v1/disputes/' },
    begin: (world) => beginAnswer(world, null),
  },
  {
    ...{ operation: 'customers.create', method: 'POST', path: '/v1/customers' },
    begin: (world) =>
      beginPayment(world, async ({ customerId }) => (await customersAt(world, customerId)).length),
  },
  {
    ...{ operation: 'customers.update', method: 'POST', path: '/v1/customers/cus_' },
    begin: (world) =>
      beginPayment(world, async ({ customerId }) => {
        const named = (await customersAt(world, customerId)).filter((each) => each.name)
        return named.length
      }),
  },
  {
    ...{ operation: 'setups.create', method: 'POST', path: '/v1/checkout/sessions' },
    begin: beginSetup,
  },
  {
    ...{ operation: 'payment_methods.detach', method: 'POST', path: '/v1/payment_methods/' },
    begin: async (world) => {
      const buyer = await createBuyer([])
      const methodId = await saveMethod(world, buyer, { card: '4242424242424242' })
      if (methodId === null) throw new Error('nothing was saved')
      return beginRemoval(world, buyer, methodId)
    },
  },
  {
    ...{ operation: 'customers.deleteSource', method: 'DELETE', path: '/v1/customers/' },
    begin: async (world) => {
      const buyer = await createBuyer([])
      const { methodId } = await keepBank(world, buyer)
      return beginRemoval(world, buyer, methodId)
    },
  },
  {
    ...{ operation: 'customers.createSource', method: 'POST', path: '/v1/customers/' },
    begin: (world) =>
      beginKeeping(world, async (customer) => (await world.processor.listMethods(customer)).length),
  },
  {
    ...{ operation: 'setup_intents.create', method: 'POST', path: '/v1/setup_intents' },
    begin: (world) =>
      beginKeeping(
        world,
        async (customer) => (await all(world.sandbox.stripe.setupIntents.list({ customer }))).length,
      ),
  },
  {
    operation: 'processor.stripe.bank_account_token.create',
    ...{ method: 'POST', path: '/plaid/processor/stripe/bank_account_token/create' },
    begin: (world) =>
      beginKeeping(world, async (customer) => (await world.processor.listMethods(customer)).length),
  },
  {
    ...{ operation: 'link.token.create', method: 'POST', path: '/plaid/link/token/create' },
    begin: beginVisit,
  },
  {
    ...{ operation: 'item.public_token.exchange', method: 'POST', path: '/plaid/item/public_token/exchange' },
    begin: beginExchange,
  },
  {
    ...{ operation: 'item.remove', method: 'POST', path: '/plaid/item/remove' },
    begin: beginGivingBack,
  },
]
