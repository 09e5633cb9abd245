import Stripe from 'stripe'
import type { ProcessorEvent } from '#app/gateways/stripe/port.ts'
import { processWebhook } from '#app/payments/webhooks/process-webhook.server.ts'
import { receiveWebhook } from '#app/payments/webhooks/receive-webhook.server.ts'
import { db } from '#app/platform/db.server.ts'
import type { Random } from '#scripts/seeded-random.ts'
import {
  allEvents,
  type Buyer,
  type CardWorld,
  chargesOf,
  createBuyer,
  enterCard,
  openCheckout,
  WEBHOOK_SECRET,
} from '#test/support/card-world.ts'

/** What happened at the processor, and every event it has about that. Nothing of it has reached the books. */
export type History = { buyers: Buyer[]; events: readonly ProcessorEvent[] }

/** Payments of five kinds in turn: paid, declined then paid, checked by the bank, left to expire, part-refunded. */
export async function makeHistory(world: CardWorld, count: number): Promise<History> {
  const known = new Set((await allEvents(world)).map((each) => each.eventId))
  const buyers: Buyer[] = []
  for (let n = 0; n < count; n += 1) {
    const buyer = await createBuyer([1_000n + BigInt(n), 2_000n])
    buyers.push(buyer)
    const { paymentId, checkoutId } = await openCheckout(world, buyer)
    if (n % 5 === 1) await enterCard(world, checkoutId, { card: '4000000000000002' })
    if (n % 5 === 2) await enterCard(world, checkoutId, { card: '4000000000003220', challenge: 'pass' })
    else if (n % 5 !== 3) await enterCard(world, checkoutId)
    const [charge] = n % 5 === 4 ? await chargesOf(world, paymentId) : []
    if (charge) await world.sandbox.stripe.refunds.create({ charge: charge.id, amount: 500 })
  }
  await world.sandbox.control('POST', 'clock/advance', { seconds: 40 * 60 })
  return { buyers, events: (await allEvents(world)).filter((each) => !known.has(each.eventId)) }
}

/** A genuine signature of a webhook's body. */
export function signed(payload: string, facts: { secret?: string; timestamp?: number } = {}): string {
  return new Stripe('sk_test_signer').webhooks.generateTestHeaderString({
    payload,
    secret: WEBHOOK_SECRET,
    ...facts,
  })
}

/** The items in an order of the seed. */
export function shuffled<T>(items: readonly T[], random: Random): T[] {
  const order = items.map((item) => ({ item, at: random.unit() }))
  return order.toSorted((a, b) => a.at - b.at).map(({ item }) => item)
}

/** Brings events as webhooks, several at a time, and does the job of each right away. */
export async function bringAll(
  world: CardWorld,
  events: readonly ProcessorEvent[],
  atOnce = 8,
): Promise<void> {
  for (let n = 0; n < events.length; n += atOnce)
    await Promise.all(
      events.slice(n, n + atOnce).map(async (event) => {
        await receiveWebhook(world.processor, event.payload, signed(event.payload))
        await processWebhook(world.processor, event.eventId)
      }),
    )
}

/**
 * Balances, allocations, postings and event types of the payments of these buyers: what must not depend on how news came.
 * Ids are replaced by the buyer's place, so that two histories of the same kinds can be compared.
 */
export async function endState(buyers: readonly Buyer[]): Promise<string[]> {
  const payments = await db.payment.findMany({
    where: { customerId: { in: buyers.map((each) => each.customerId) } },
  })
  const ids = payments.map((each) => each.id)
  const [invoices, allocations, events, postings] = await Promise.all([
    db.invoice.findMany({ where: { id: { in: buyers.flatMap((each) => each.invoiceIds) } } }),
    db.allocation.findMany({ where: { paymentId: { in: ids } } }),
    db.ledgerEvent.findMany({ where: { relatesTo: { in: ids } } }),
    db.posting.findMany({ where: { journal: { recordId: { in: ids } } }, include: { journal: true } }),
  ])
  const places = new Map<string, string>()
  for (const [n, buyer] of buyers.entries()) {
    places.set(buyer.customerId, `customer ${n}`)
    for (const [k, id] of buyer.invoiceIds.entries()) places.set(id, `invoice ${n}.${k}`)
  }
  for (const payment of payments) places.set(payment.id, `payment of ${places.get(payment.customerId)}`)
  const of = (id: string | null): string => places.get(id ?? '') ?? 'nobody'
  return [
    ...payments.map(
      (p) => `${of(p.id)}: ${p.state} ${p.receivedMinor} − ${p.reversedMinor}, ${p.unallocatedMinor} free`,
    ),
    ...invoices.map(
      (i) => `${of(i.id)}: open ${i.openMinor}, held ${i.heldMinor}, ${i.ledgerSequence} events`,
    ),
    ...allocations.map((a) => `${of(a.paymentId)} on ${of(a.invoiceId)}: ${a.amountMinor}`),
    ...events.map(
      (e) => `${of(e.subjectId)} #${e.sequence}: ${e.type} ${e.amountMinor}, open ${e.openAfterMinor}`,
    ),
    ...postings.map(
      (p) =>
        `${p.journal.kind} of ${of(p.journal.recordId)}: ${p.accountCode} ${of(p.invoiceId)} ${p.amountMinor}`,
    ),
  ].toSorted()
}
