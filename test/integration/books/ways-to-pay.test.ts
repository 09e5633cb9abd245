/** Discounts, surcharges, money on account, and reversals that did not last, as the posting functions book them. */
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { checkSqlInvariants } from '#app/books/invariants/check-invariants.server.ts'
import { db } from '#app/platform/db.server.ts'
import {
  advancePayment,
  type CartItem,
  createCustomer,
  createSupplier,
  issueInvoice,
  openAndHeld,
  openPayment,
  restorePayment,
  reversePayment,
  settlePayment,
} from '#test/support/books.ts'

let customerId: string

beforeAll(async () => {
  await createSupplier()
  customerId = await createCustomer()
})
afterEach(async () => {
  expect((await checkSqlInvariants()).filter(({ count }) => count > 0)).toEqual([])
})

const open = (items: readonly CartItem[], parts: { surchargeMinor?: bigint; onAccountMinor?: bigint } = {}) =>
  openPayment(customerId, items, parts)

/** What the accounts hold of this customer: debit positive. */
async function balance(account: number): Promise<bigint> {
  const rows = await db.$queryRaw<{ sum: bigint | null }[]>`
    SELECT sum(amount_minor)::bigint AS sum FROM posting WHERE account_code = ${account} AND customer_id = ${customerId}::uuid`
  return rows[0]?.sum ?? 0n
}

const discounted = (
  invoiceId: string,
  basis: 'settled' | 'initiated' = 'settled',
  until = '2026-03-01',
): CartItem => ({
  invoiceId,
  amountMinor: 980n,
  discountMinor: 20n,
  discountUntil: until,
  discountBasis: basis,
})

describe('an early-payment discount', () => {
  test('is held with the amount, and settles the rest of the invoice when the payment is in time', async () => {
    const invoice = await issueInvoice(customerId, 1_000n)
    const before = await balance(4900)
    const { paymentId } = await open([discounted(invoice)])
    expect(await openAndHeld(invoice)).toEqual({ open: 1_000n, held: 1_000n })
    await settlePayment(paymentId, 980n, '2026-03-01')
    expect(await openAndHeld(invoice)).toEqual({ open: 0n, held: 0n })
    expect((await balance(4900)) - before).toBe(20n)
  })

  test('by the day of settlement is lost a day late; by the day of initiation it is not', async () => {
    const [late, begun] = [await issueInvoice(customerId, 1_000n), await issueInvoice(customerId, 1_000n)]
    const first = await open([discounted(late)])
    await settlePayment(first.paymentId, 980n, '2026-03-02')
    expect(await openAndHeld(late)).toEqual({ open: 20n, held: 0n })
    const second = await open([discounted(begun, 'initiated')])
    await settlePayment(second.paymentId, 980n, '2026-03-06')
    expect(await openAndHeld(begun)).toEqual({ open: 0n, held: 0n })
  })

  test('frees what it held when the payment ends without money', async () => {
    const invoice = await issueInvoice(customerId, 1_000n)
    const { paymentId } = await open([discounted(invoice)])
    await advancePayment(paymentId, 'expired')
    expect(await openAndHeld(invoice)).toEqual({ open: 1_000n, held: 0n })
  })

  test('falls with the part of its payment that falls, to the unit, and is granted again with what comes back', async () => {
    const invoice = await issueInvoice(customerId, 1_000n)
    const { paymentId } = await open([discounted(invoice)])
    await settlePayment(paymentId, 980n)
    await reversePayment(paymentId, 100n, 're_part')
    expect(await openAndHeld(invoice)).toEqual({ open: 102n, held: 0n })
    await reversePayment(paymentId, 880n, 're_rest')
    expect(await openAndHeld(invoice)).toEqual({ open: 1_000n, held: 0n })
    expect(await restorePayment('re_rest')).toMatchObject({ ok: true, restored: true })
    expect(await openAndHeld(invoice)).toEqual({ open: 102n, held: 0n })
    expect(await restorePayment('re_rest')).toMatchObject({ ok: true, restored: false })
    expect(await restorePayment('re_part')).toMatchObject({ ok: true, restored: true })
    expect(await openAndHeld(invoice)).toEqual({ open: 0n, held: 0n })
    await reversePayment(paymentId, 980n, 're_whole')
    expect(await openAndHeld(invoice)).toEqual({ open: 1_000n, held: 0n })
  })

  test('that fell stays away from an invoice that was paid another way meanwhile', async () => {
    const invoice = await issueInvoice(customerId, 1_000n)
    const { paymentId } = await open([discounted(invoice)])
    await settlePayment(paymentId, 980n)
    await reversePayment(paymentId, 980n, 're_gone')
    const other = await open([{ invoiceId: invoice, amountMinor: 990n }])
    await settlePayment(other.paymentId, 990n)
    expect(await restorePayment('re_gone')).toMatchObject({ ok: true, restored: true })
    expect(await openAndHeld(invoice)).toEqual({ open: 0n, held: 0n })
    const { unallocatedMinor } = await db.payment.findUniqueOrThrow({ where: { id: paymentId } })
    expect(unallocatedMinor).toBe(970n)
  })

  test('and amount together cannot exceed what is payable', async () => {
    const invoice = await issueInvoice(customerId, 999n)
    expect(await open([discounted(invoice)])).toMatchObject({
      ok: false,
      refusal: { code: 'AMOUNT_EXCEEDS_PAYABLE', payableMinor: '999' },
    })
  })
})

describe('a surcharge', () => {
  test('is income of its own, and goes back in proportion to the unit', async () => {
    const invoice = await issueInvoice(customerId, 1_000n)
    const before = await balance(4100)
    const { paymentId } = await open([{ invoiceId: invoice, amountMinor: 1_000n }], { surchargeMinor: 29n })
    await settlePayment(paymentId, 1_029n)
    expect(await openAndHeld(invoice)).toEqual({ open: 0n, held: 0n })
    expect((await balance(4100)) - before).toBe(-29n)
    const returned: bigint[] = []
    for (const [amount, name] of [
      [343n, 'sur_1'],
      [343n, 'sur_2'],
      [343n, 'sur_3'],
    ] as const) {
      await reversePayment(paymentId, amount, name)
      returned.push((await balance(4100)) - before + 29n)
    }
    expect(returned).toEqual([10n, 19n, 29n])
    expect(await openAndHeld(invoice)).toEqual({ open: 1_000n, held: 0n })
    await restorePayment('sur_3')
    expect((await balance(4100)) - before).toBe(-10n)
    expect(await openAndHeld(invoice)).toEqual({ open: 667n, held: 0n })
  })

  test('stays between its bounds when an earlier reversal did not last', async () => {
    const invoice = await issueInvoice(customerId, 1_000n)
    const before = await balance(4100)
    const { paymentId } = await open([{ invoiceId: invoice, amountMinor: 1_000n }], { surchargeMinor: 30n })
    await settlePayment(paymentId, 1_030n)
    await reversePayment(paymentId, 12n, 'low_1')
    await reversePayment(paymentId, 6n, 'low_2')
    await restorePayment('low_1')
    // In proportion, what has gone back already is more than the six and this one together are due.
    expect(await reversePayment(paymentId, 1n, 'low_3')).toMatchObject({ ok: true, reversed: true })
    expect((await balance(4100)) - before).toBe(-29n)
    expect(await reversePayment(paymentId, 1_023n, 'low_4')).toMatchObject({ ok: true, reversed: true })
    expect((await balance(4100)) - before).toBe(0n)
    expect(await openAndHeld(invoice)).toEqual({ open: 1_000n, held: 0n })
  })

  test('is not taken out of a payment that arrived short', async () => {
    const invoice = await issueInvoice(customerId, 1_000n)
    const { paymentId } = await open([{ invoiceId: invoice, amountMinor: 1_000n }], { surchargeMinor: 29n })
    await settlePayment(paymentId, 1_000n)
    expect(await openAndHeld(invoice)).toEqual({ open: 0n, held: 0n })
  })
})

test('Money on account becomes unapplied credit, with invoices or without any', async () => {
  const invoice = await issueInvoice(customerId, 500n)
  const before = await balance(2200)
  const mixed = await open([{ invoiceId: invoice, amountMinor: 500n }], { onAccountMinor: 300n })
  await settlePayment(mixed.paymentId, 800n)
  const alone = await open([], { onAccountMinor: 200n })
  await settlePayment(alone.paymentId, 200n)
  expect((await balance(2200)) - before).toBe(-500n)
  expect(await open([])).toMatchObject({ ok: false, refusal: { code: 'CART_EMPTY' } })
  expect(await open([], { onAccountMinor: -1n })).toMatchObject({ ok: false })
})

test('A reversal that did not last pays what it had opened, and what was paid otherwise since becomes credit', async () => {
  const [first, second] = [await issueInvoice(customerId, 400n), await issueInvoice(customerId, 600n)]
  const { paymentId } = await open([
    { invoiceId: first, amountMinor: 400n },
    { invoiceId: second, amountMinor: 600n },
  ])
  await settlePayment(paymentId, 1_000n)
  await reversePayment(paymentId, 1_000n, 'du_won')
  const again = await open([{ invoiceId: second, amountMinor: 600n }])
  await settlePayment(again.paymentId, 600n)
  expect(await restorePayment('du_won')).toMatchObject({ ok: true, restored: true })
  expect(await openAndHeld(first)).toEqual({ open: 0n, held: 0n })
  const payment = await db.payment.findUniqueOrThrow({ where: { id: paymentId } })
  expect(payment).toMatchObject({ reversedMinor: 0n, unallocatedMinor: 600n })
  expect(await restorePayment('du_unknown')).toMatchObject({
    ok: false,
    refusal: { code: 'REVERSAL_NOT_FOUND' },
  })
})
