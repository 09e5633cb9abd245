import { expect, test } from 'vitest'
import { type InvoiceId, newId } from '#app/books/ids.ts'
import { parseCurrency } from '#app/money/currencies.ts'
import { money } from '#app/money/money.ts'
import type { CartItem } from '#app/payments/cart/cart.ts'
import { type CartInvoice, type CartPolicy, planCart, seenFigures } from '#app/payments/cart/plan-cart.ts'
import { parseBusinessDate } from '#app/platform/time.ts'

const USD = parseCurrency('USD')
const ID = newId<'inv'>(1)
const POLICY: CartPolicy = {
  allowPartial: true,
  minPartialMinor: 0n,
  toleranceMinor: 0n,
  shortNeedsReason: false,
  allowOverpayment: true,
}
const OFFER = {
  until: parseBusinessDate('2026-03-11'),
  basis: 'initiated' as const,
  onPartials: false,
  payableMinor: 1_000n,
  savingMinor: 20n,
  onTotalMinor: 20n,
  totalMinor: 1_000n,
}
const invoice = (over: Partial<CartInvoice> = {}): CartInvoice => ({
  invoiceId: ID,
  number: 'HF-1',
  openMinor: 1_000n,
  payableMinor: 1_000n,
  credits: [],
  creditMinor: 0n,
  offer: null,
  ...over,
})

function plan(
  amount: bigint,
  { item = {}, facts = {}, policy = {}, mayDispute = true, onAccount = 0n } = {} as {
    item?: Partial<CartItem>
    facts?: Partial<CartInvoice>
    policy?: Partial<CartPolicy>
    mayDispute?: boolean
    onAccount?: bigint
  },
) {
  const cart = {
    paymentId: newId<'pay'>(),
    currency: USD,
    items: [{ invoiceId: ID, amount: money(amount, USD), ...item }],
    onAccount: money(onAccount, USD),
  }
  const invoices = new Map<InvoiceId, CartInvoice>([[ID, invoice(facts)]])
  return planCart(cart, { policy: { ...POLICY, ...policy }, invoices, mayDispute })
}

const planned = (...asked: Parameters<typeof plan>) => {
  const result = plan(...asked)
  if (!result.ok) throw new Error(`refused: ${result.refusals.map(({ code }) => code).join()}`)
  return result.plan
}
const codes = (...asked: Parameters<typeof plan>) => {
  const result = plan(...asked)
  return result.ok ? [] : result.refusals.map(({ code }) => code)
}

test('the whole amount less its discount, with the terms that it was promised under', () => {
  expect(planned(980n, { facts: { offer: OFFER } })).toMatchObject({
    items: [
      { amountMinor: 980n, discountMinor: 20n, discountUntil: '2026-03-11', discountBasis: 'initiated' },
    ],
    totalMinor: 980n,
    disputes: [],
  })
})

test('a small difference within the tolerance is given up, alone or with the discount', () => {
  expect(planned(995n, { policy: { toleranceMinor: 5n } }).items[0]).toMatchObject({
    discountMinor: 5n,
    discountUntil: null,
    shortReason: 'tolerance',
  })
  const parts = { ...OFFER, onPartials: true }
  expect(planned(975n, { policy: { toleranceMinor: 6n }, facts: { offer: parts } }).items[0]).toMatchObject({
    discountMinor: 25n,
    discountUntil: '2026-03-11',
    shortReason: null,
  })
  expect(planned(994n, { policy: { toleranceMinor: 5n } }).items[0]).toMatchObject({
    discountMinor: 0n,
    shortReason: null,
  })
})

test.each([
  ['no parts', { allowPartial: false }, 500n, 'PART_NOT_ALLOWED'],
  ['too small a part', { minPartialMinor: 501n }, 500n, 'PART_TOO_SMALL'],
  ['no reason', { shortNeedsReason: true }, 500n, 'SHORT_NEEDS_REASON'],
] as const)('a short payment is refused for %s', (_why, policy, amount, code) => {
  expect(codes(amount, { policy })).toEqual([code])
  expect(codes(1_000n, { policy })).toEqual([])
})

test('who disagrees disputes the rest in the same step, if that is theirs to do', () => {
  const item = { shortReason: 'disagree' } as const
  const short = planned(700n, { item })
  expect(short.items[0]).toMatchObject({ amountMinor: 700n, shortReason: 'disagree' })
  expect(short.disputes).toEqual([{ invoiceId: ID, amountMinor: 300n }])
  expect(codes(700n, { item, mayDispute: false })).toEqual(['DISPUTE_NOT_YOURS'])
  // A reason left over from before is nothing once the whole is paid.
  expect(planned(1_000n, { item }).disputes).toEqual([])
})

test('money on account is kept only where the supplier takes it', () => {
  expect(planned(1_000n, { onAccount: 300n })).toMatchObject({ onAccountMinor: 300n, totalMinor: 1_300n })
  expect(codes(1_000n, { onAccount: 300n, policy: { allowOverpayment: false } })).toEqual([
    'OVERPAYMENT_NOT_ALLOWED',
  ])
})

test('figures that are no longer those that were shown are refused; more than is free is left to the books', () => {
  const seen = seenFigures(invoice())
  expect(codes(500n, { item: { seen } })).toEqual([])
  expect(codes(500n, { item: { seen }, facts: { payableMinor: 900n } })).toEqual(['BALANCE_MOVED'])
  expect(codes(500n, { item: { seen }, facts: { offer: OFFER } })).toEqual(['BALANCE_MOVED'])
  expect(planned(1_001n, { item: { seen } }).items[0]).toMatchObject({
    amountMinor: 1_001n,
    discountMinor: 0n,
  })
})

test('credit comes first: the rest is what is left after it, and an invoice that it covers asks for nothing', () => {
  const use = {
    invoiceId: ID,
    source: { creditMemoId: newId<'crm'>() },
    number: 'CM-1',
    amount: money(1_000n, parseCurrency('USD')),
  }
  const covered = { credits: [use], creditMinor: 1_000n }
  expect(planned(0n, { facts: covered })).toMatchObject({ items: [], credits: [use], totalMinor: 0n })
  expect(codes(1n, { facts: covered })).toEqual(['AMOUNT_EXCEEDS_PAYABLE'])
  expect(codes(0n)).toEqual(['AMOUNT_NOT_POSITIVE'])
})
