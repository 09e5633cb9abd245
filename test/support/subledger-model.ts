/**
 * The subledger of one customer in memory, and what each operation does to it. It knows sums, not rows: what the books decide by rules
 * of their own (which invoice a reversal opens again) is read back, and held against what the sums must be.
 */
import { expect } from 'vitest'
import { newId } from '#app/books/ids.ts'
import { recordManualPayment } from '#app/payments/cash/record-manual-payment.server.ts'
import { db } from '#app/platform/db.server.ts'
import {
  advancePayment,
  applyCredit,
  issueCredit,
  issueInvoice,
  NOW,
  openPayment,
  type PostingAnswer,
  restorePayment,
  reversePayment,
  settlePayment,
} from '#test/support/books.ts'
import { CLERK, cheque } from '#test/support/cash.ts'

type ModelInvoice = { id: string; total: bigint; open: bigint; held: bigint; writtenOff: bigint }
type Item = {
  invoice: ModelInvoice
  amount: bigint
  /** What is granted when it settles in time, and what is held for it until then. */
  discount: bigint
  heldDiscount: bigint
}
type ModelPayment = {
  id: string
  state: 'open' | 'ended' | 'settled'
  items: Item[]
  surcharge: bigint
  onAccount: bigint
  received: bigint
  unapplied: bigint
  reversed: bigint
  surchargeTaken: bigint
  surchargeReturned: bigint
  /** Reversals that stand, by the provider's id. */
  reversals: { providerId: string; amount: bigint; surcharge: bigint }[]
}
export type Model = {
  customerId: string
  invoices: ModelInvoice[]
  payments: ModelPayment[]
  credits: { id: string; remaining: bigint }[]
  disputes: { id: string; invoice: ModelInvoice; amount: bigint; isOpen: boolean }[]
}

export type Step = { pick: number; other: number; amount: bigint; flag: boolean }

export const emptyModel = (customerId: string): Model => ({
  ...{ customerId, invoices: [], payments: [], credits: [], disputes: [] },
})

const least = (...values: bigint[]): bigint => values.reduce((a, b) => (a < b ? a : b))
const most = (...values: bigint[]): bigint => values.reduce((a, b) => (a > b ? a : b))
const at = <Value>(list: readonly Value[], index: number): Value | undefined => list[index % list.length]
const payable = (invoice: ModelInvoice): bigint => invoice.open - invoice.held

async function ask(call: Promise<unknown>): Promise<PostingAnswer> {
  const [row] = (await call) as { answer: PostingAnswer }[]
  if (row === undefined) throw new Error('no answer')
  return row.answer
}

/** What the books say is open on each invoice now. */
async function readBack(model: Model): Promise<void> {
  const rows = await db.invoice.findMany({ where: { customerId: model.customerId } })
  const open = new Map(rows.map((row) => [row.id, row.openMinor]))
  for (const invoice of model.invoices) invoice.open = open.get(invoice.id) ?? invoice.open
}

const openSum = (model: Model): bigint => model.invoices.reduce((sum, { open }) => sum + open, 0n)

/** Minor units of discounts that came with a payment and stand. */
async function standingDiscounts(payment: ModelPayment): Promise<bigint> {
  const rows = await db.allocation.aggregate({
    where: { adjustment: { paymentId: payment.id, kind: 'discount' } },
    _sum: { amountMinor: true },
  })
  return rows._sum.amountMinor ?? 0n
}

async function invoice(model: Model, { amount }: Step): Promise<void> {
  const id = await issueInvoice(model.customerId, amount)
  model.invoices.push({ id, total: amount, open: amount, held: 0n, writtenOff: 0n })
}

/** One or two invoices; sometimes with a discount, a surcharge, or money on account. */
async function open(model: Model, { pick, other, amount, flag }: Step): Promise<void> {
  const chosen = [...new Set([at(model.invoices, pick), at(model.invoices, other)])]
  const invoices = chosen.filter((each) => each !== undefined)
  if (invoices.length === 0) return
  const discount = pick % 3 === 0 ? 1n + BigInt(other % 7) : 0n
  const [surcharge, onAccount] = [flag ? BigInt(other % 50) : 0n, pick % 5 === 0 ? BigInt(other % 90) : 0n]
  // Half of the discounts are too late by the day on which everything settles.
  const terms = {
    discountUntil: other % 2 === 0 ? '2026-03-01' : '2026-02-28',
    discountBasis: 'settled',
  } as const
  const answer = await openPayment(
    model.customerId,
    invoices.map(({ id }) => ({
      ...{ invoiceId: id, amountMinor: amount },
      ...(discount > 0n ? { discountMinor: discount, ...terms } : {}),
    })),
    { surchargeMinor: surcharge, onAccountMinor: onAccount },
  )
  const fits = invoices.every((each) => amount + discount <= payable(each))
  expect(answer.ok).toBe(fits)
  if (!fits) return
  for (const each of invoices) each.held += amount + discount
  const granted = other % 2 === 0 ? discount : 0n
  model.payments.push({
    ...{
      id: answer.paymentId,
      state: 'open',
      surcharge,
      onAccount,
      received: 0n,
      unapplied: 0n,
      reversed: 0n,
    },
    ...{ surchargeTaken: 0n, surchargeReturned: 0n, reversals: [] },
    items: invoices.map((each) => ({ invoice: each, amount, discount: granted, heldDiscount: discount })),
  })
}

const heldBy = (item: Item): bigint => item.amount + item.heldDiscount

async function settle(model: Model, { pick, amount }: Step): Promise<void> {
  const payment = at(model.payments, pick)
  if (payment === undefined) return
  const asked = payment.items.reduce((sum, item) => sum + item.amount, payment.surcharge + payment.onAccount)
  // One time in eight something else arrives than was asked for.
  const received = pick % 8 === 0 ? amount : asked
  const answer = await settlePayment(payment.id, received)
  expect(answer.settled).toBe(payment.state !== 'settled')
  if (payment.state === 'settled') return
  if (payment.state === 'open') for (const item of payment.items) item.invoice.held -= heldBy(item)
  const surchargeTaken = received >= asked ? payment.surcharge : 0n
  Object.assign(payment, { state: 'settled', received, surchargeTaken })
  let rest = received - surchargeTaken
  for (const item of payment.items.toSorted((a, b) => (a.invoice.id < b.invoice.id ? -1 : 1))) {
    const before = payable(item.invoice)
    const applied = least(item.amount, before, rest)
    if (applied <= 0n) continue
    item.invoice.open -= applied
    rest -= applied
    if (applied === item.amount && applied + item.discount <= before) item.invoice.open -= item.discount
  }
  payment.unapplied = rest
}

async function end(model: Model, { pick }: Step): Promise<void> {
  const payment = at(model.payments, pick)
  if (payment === undefined) return
  expect((await advancePayment(payment.id, 'canceled')).changed).toBe(payment.state === 'open')
  if (payment.state !== 'open') return
  payment.state = 'ended'
  for (const item of payment.items) item.invoice.held -= heldBy(item)
}

async function reverse(model: Model, { pick, amount, flag }: Step): Promise<void> {
  const payment = at(model.payments, pick)
  if (payment === undefined) return
  const left = payment.received - payment.reversed
  const taken = flag && left > 0n ? left : amount
  const fits = taken <= left
  const [before, discounts, providerId] = [openSum(model), await standingDiscounts(payment), `rev_${newId()}`]
  expect((await reversePayment(payment.id, taken, providerId)).ok).toBe(fits)
  if (!fits) return
  payment.reversed += taken
  const surcharge = surchargeShare(payment, taken)
  payment.surchargeReturned += surcharge
  const credit = least(payment.unapplied, taken - surcharge)
  payment.unapplied -= credit
  payment.reversals.push({ providerId, amount: taken, surcharge })
  await readBack(model)
  const fallen = discounts - (await standingDiscounts(payment))
  expect(openSum(model) - before).toBe(taken - surcharge - credit + fallen)
}

/** What a reversal gives back of the surcharge: its share, as far as there is any left and the rest of the payment covers the others. */
function surchargeShare(payment: ModelPayment, taken: bigint): bigint {
  const { received, reversed, surchargeTaken, surchargeReturned } = payment
  const kept = surchargeTaken - surchargeReturned
  const due = (2n * surchargeTaken * reversed + received) / (2n * received) - surchargeReturned
  const uncovered = taken - (received - (reversed - taken) - kept)
  return least(kept, taken, most(0n, due, uncovered))
}

/** Reversals come back in any order. */
async function restore(model: Model, { pick, other }: Step): Promise<void> {
  const payment = at(
    model.payments.filter(({ reversals }) => reversals.length > 0),
    pick,
  )
  const reversal = at(payment?.reversals ?? [], other)
  if (payment === undefined || reversal === undefined) return
  payment.reversals.splice(payment.reversals.indexOf(reversal), 1)
  const [before, discounts] = [openSum(model), await standingDiscounts(payment)]
  expect(await restorePayment(reversal.providerId)).toMatchObject({ ok: true, restored: true })
  expect(await restorePayment(reversal.providerId)).toMatchObject({ ok: true, restored: false })
  payment.reversed -= reversal.amount
  payment.surchargeReturned -= reversal.surcharge
  await readBack(model)
  const granted = (await standingDiscounts(payment)) - discounts
  payment.unapplied += reversal.amount - reversal.surcharge - (before - openSum(model) - granted)
}

async function credit(model: Model, { amount }: Step): Promise<void> {
  model.credits.push({ id: await issueCredit(model.customerId, amount), remaining: amount })
}

async function apply(model: Model, { pick, other, amount }: Step): Promise<void> {
  const [memo, target] = [at(model.credits, pick), at(model.invoices, other)]
  if (memo === undefined || target === undefined) return
  const fits = amount <= memo.remaining && amount <= payable(target)
  expect((await applyCredit(memo.id, target.id, amount)).ok).toBe(fits)
  if (!fits) return
  memo.remaining -= amount
  target.open -= amount
}

/** What a payment left as credit pays another invoice. */
async function applyRest(model: Model, { pick, other, amount }: Step): Promise<void> {
  const payment = at(
    model.payments.filter(({ unapplied }) => unapplied > 0n),
    pick,
  )
  const target = at(model.invoices, other)
  if (payment === undefined || target === undefined) return
  const used = pick % 2 === 0 ? amount : least(payment.unapplied, payable(target), amount)
  if (used <= 0n) return
  const fits = used <= payment.unapplied && used <= payable(target)
  const answer = await ask(
    db.$queryRaw`SELECT apply_unapplied(${newId()}::uuid, ${payment.id}::uuid, ${target.id}::uuid, ${used}, '2026-03-01'::date, ${NOW}) AS answer`,
  )
  expect(answer.ok).toBe(fits)
  if (!fits) return
  payment.unapplied -= used
  target.open -= used
}

/** Staff give up a part; a second one of the same invoice may need another person, and then nothing moves. */
async function writeOff(model: Model, { pick, amount }: Step): Promise<void> {
  const target = at(model.invoices, pick)
  if (target === undefined) return
  const fits = amount <= payable(target)
  const answer = await ask(
    db.$queryRaw`SELECT request_write_off(${newId()}::uuid, ${target.id}::uuid, ${amount}, 'small_balance', ${CLERK}::uuid, ${NOW}) AS answer`,
  )
  expect(answer.ok).toBe(fits)
  if (!fits) return
  const isAlone = target.writtenOff + amount <= 50_000n
  expect(answer.state).toBe(isAlone ? 'approved' : 'requested')
  if (!isAlone) return
  target.writtenOff += amount
  target.open -= amount
}

/** A cheque over one invoice; what is more becomes credit. */
async function manual(model: Model, { pick, other, amount }: Step): Promise<void> {
  const target = at(model.invoices, pick)
  if (target === undefined) return
  const [paid, excess] = [amount, BigInt(other % 40)]
  const payment = cheque(model.customerId, paid + excess, [[target.id, paid]])
  const fits = paid <= payable(target)
  expect((await recordManualPayment(payment, CLERK)).ok).toBe(fits)
  if (!fits) return
  target.open -= paid
  model.payments.push({
    ...{
      id: payment.paymentId,
      state: 'settled',
      items: [],
      surcharge: 0n,
      onAccount: 0n,
      unapplied: excess,
    },
    ...{ received: paid + excess, reversed: 0n, surchargeTaken: 0n, surchargeReturned: 0n, reversals: [] },
  })
}

async function dispute(model: Model, { pick, amount }: Step): Promise<void> {
  const target = at(model.invoices, pick)
  if (target === undefined) return
  const id = newId()
  const facts = { id, invoiceId: target.id, customerId: model.customerId, reason: 'disagree' }
  const body = JSON.stringify({ ...facts, amountMinor: amount.toString() })
  const answer = await ask(db.$queryRaw`SELECT open_dispute(${body}::jsonb, ${NOW}) AS answer`)
  expect(answer.ok).toBe(amount <= payable(target))
  if (!answer.ok) return
  target.held += amount
  model.disputes.push({ id, invoice: target, amount, isOpen: true })
}

async function closeDispute(model: Model, { pick, flag }: Step): Promise<void> {
  const closing = at(
    model.disputes.filter(({ isOpen }) => isOpen),
    pick,
  )
  if (closing === undefined) return
  const outcome = flag ? 'accepted' : 'rejected'
  const answer = await ask(
    db.$queryRaw`SELECT close_dispute(${closing.id}::uuid, ${outcome}::dispute_outcome, ${NOW}) AS answer`,
  )
  expect(answer.ok).toBe(true)
  closing.isOpen = false
  closing.invoice.held -= closing.amount
  if (flag) closing.invoice.open -= closing.amount
}

export const STEPS = {
  ...{ invoice, open, settle, end, reverse, restore, credit, apply, applyRest },
  ...{ writeOff, manual, dispute, closeDispute },
} as const
