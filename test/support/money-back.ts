/** What tests of refunds, chargebacks and bank returns have in common: payments that settled, staff, and what the accounts hold. */
import { newId, type PaymentId, type PersonId, type RefundId } from '#app/books/ids.ts'
import { checkSqlInvariants } from '#app/books/invariants/check-invariants.server.ts'
import { parseCurrency } from '#app/money/currencies.ts'
import { money } from '#app/money/money.ts'
import { createPerson, makeStaff } from '#app/parties/people.server.ts'
import type { StaffRole } from '#app/parties/rights.ts'
import { type AskForRefund, askForRefund } from '#app/payments/refunds/request-refund.server.ts'
import { db } from '#app/platform/db.server.ts'
import {
  type Buyer,
  type CardWorld,
  cartOf,
  chargesOf,
  createBuyer,
  deliverWebhooks,
  enterCard,
  openCheckout,
} from '#test/support/card-world.ts'
import { asOwner } from '#test/support/owner.ts'

export const USD = parseCurrency('USD')

export type PaidBy = { buyer: Buyer; paymentId: PaymentId; chargeId: string }

/** A payment of a new buyer over invoices of these amounts, settled by the card or bank account. */
export async function paidBy(
  world: CardWorld,
  amounts: readonly bigint[],
  input: object = {},
): Promise<PaidBy> {
  const buyer = await createBuyer(amounts)
  const { paymentId, checkoutId } = await openCheckout(world, buyer)
  await enterCard(world, checkoutId, input)
  await deliverWebhooks(world)
  if ('bank_account' in input) {
    await world.sandbox.control('POST', 'clock/advance', { businessDays: 5 })
    await deliverWebhooks(world)
  }
  const [charge] = await chargesOf(world, paymentId)
  if (!charge) throw new Error('nothing was charged')
  return { buyer, paymentId, chargeId: charge.id }
}

/** A payment of 20.00 of which 15.00 is credit: the invoice was mostly paid by another while its page was open. */
export async function overpaid(world: CardWorld): Promise<{ buyer: Buyer; paymentId: PaymentId }> {
  const buyer = await createBuyer([3_000n])
  const pay = async (minor: bigint) => openCheckout(world, buyer, await cartOf(buyer, [minor]))
  const first = await pay(1_000n)
  const late = await pay(2_000n)
  await enterCard(world, first.checkoutId)
  await deliverWebhooks(world)
  // Its hold is taken away, so that the other may pay what it was meant for.
  await asOwner('UPDATE hold SET released_at = now() WHERE payment_id = $1', [late.paymentId])
  await asOwner('UPDATE invoice SET held_minor = 0 WHERE id = $1', [buyer.invoiceIds[0]])
  const other = await pay(1_500n)
  await enterCard(world, other.checkoutId)
  await deliverWebhooks(world)
  await enterCard(world, late.checkoutId)
  await deliverWebhooks(world)
  return { buyer, paymentId: late.paymentId }
}

let hired = 0

/** A new person of the supplier. */
export async function hire(role: StaffRole): Promise<PersonId> {
  hired += 1
  const id = await createPerson({ name: `Staff ${hired}`, email: `staff${hired}@harrow.test` })
  await makeStaff(id, role)
  return id
}

/** Asks for a refund of some cents. */
export function ask(
  world: Pick<CardWorld, 'processor'>,
  paymentId: PaymentId,
  minor: bigint,
  by: AskForRefund['by'],
  overrides: Partial<AskForRefund> = {},
) {
  return askForRefund({
    processor: world.processor,
    refundId: newId<'rfd'>(),
    paymentId,
    amount: money(minor, USD),
    reason: 'requested_by_customer',
    source: { kind: 'any' },
    by,
    ...overrides,
  })
}

export function refundRow(id: RefundId) {
  return db.refund.findUniqueOrThrow({ where: { id } })
}

/** The only refund of a payment. */
export function refundOf(paymentId: PaymentId) {
  return db.refund.findFirstOrThrow({ where: { paymentId } })
}

/** What an account holds of a payment, debit positive, fees left out. */
export async function held(paymentId: PaymentId, account: number): Promise<bigint> {
  const { _sum } = await db.posting.aggregate({
    where: { accountCode: account, journal: { recordId: paymentId, kind: { not: 'provider.fee' } } },
    _sum: { amountMinor: true },
  })
  return _sum.amountMinor ?? 0n
}

/** Letters about money that came back, as template and audience. */
export async function lettersOf(customerId: string): Promise<string[]> {
  const rows = await db.mailOutbox.findMany({
    where: { customerId, template: { notIn: ['receipt'] } },
    orderBy: { createdAt: 'asc' },
  })
  const audience = (parameters: unknown): string =>
    typeof parameters === 'object' && parameters !== null && 'audience' in parameters
      ? String(parameters.audience)
      : ''
  return [...new Set(rows.map(({ template, parameters }) => `${template} ${audience(parameters)}`))]
}

/** Names of the invariants that do not hold. */
export async function breaches(): Promise<string[]> {
  return (await checkSqlInvariants()).filter(({ count }) => count > 0).map(({ name }) => name)
}
