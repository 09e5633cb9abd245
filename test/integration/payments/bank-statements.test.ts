/** Bank statements: what is taken in once, what a movement is matched to, and how that is undone. */
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { type BankLineId, newId } from '#app/books/ids.ts'
import { checkSqlInvariants } from '#app/books/invariants/check-invariants.server.ts'
import {
  findBankLine,
  listBankLines,
  listStatements,
} from '#app/payments/bank-statements/bank-queries.server.ts'
import {
  ignoreBankLine,
  matchBankLine,
  reopenBankLine,
} from '#app/payments/bank-statements/match-line.server.ts'
import { suggestFor } from '#app/payments/bank-statements/suggest-matches.server.ts'
import type { Suggestion } from '#app/payments/bank-statements/suggestion.ts'
import { takeBackPayment } from '#app/payments/cash/take-back-payment.server.ts'
import { db } from '#app/platform/db.server.ts'
import { bankMovement, csvOf, importText } from '#test/support/bank-files.ts'
import { createCustomer, createSupplier, issueInvoice, NOW, openAndHeld } from '#test/support/books.ts'
import { accountBalance, CLERK, cheque } from '#test/support/cash.ts'

let customerId: string

beforeAll(createSupplier)
beforeEach(async () => {
  customerId = await createCustomer()
})
afterEach(async () => {
  expect((await checkSqlInvariants()).filter(({ count }) => count > 0)).toEqual([])
})

const wire = (customer: string, minor: bigint, items: readonly (readonly [string, bigint])[] = []) =>
  cheque(customer, minor, items, { method: 'wire' })

async function suggested(lineId: BankLineId): Promise<readonly Suggestion[]> {
  const line = await findBankLine(lineId)
  if (line === null) throw new Error('there is no such line')
  return (await suggestFor([line])).get(lineId) ?? []
}

test('the same file again, also at once, changes nothing; a movement of an overlapping file is taken in once', async () => {
  const first = csvOf([
    ['2026-02-02', '10.00', 'SAME', 'twice'],
    ['2026-02-02', '10.00', 'SAME', 'twice'],
    ['2026-02-03', '-4.00', '', 'fee'],
  ])
  const answers = await Promise.all([importText(first), importText(first), importText(first)])
  expect(answers.filter((each) => each.ok && each.fresh === 3)).toHaveLength(1)
  expect(answers.filter((each) => each.ok && each.isRepeated)).toHaveLength(2)
  const later = csvOf([
    ['2026-02-02', '10.00', 'SAME', 'twice'],
    ['2026-02-02', '10.00', 'SAME', 'twice'],
    ['2026-02-02', '10.00', 'SAME', 'twice'],
    ['2026-02-04', '1.00', 'NEW', ''],
  ])
  expect(await importText(later)).toEqual({ ok: true, fresh: 2, known: 2, isRepeated: false })
  const { lines } = await listBankLines(
    { state: null, direction: 'in', statementId: null, text: 'same' },
    null,
  )
  expect(lines.map(({ amount }) => amount.minor)).toEqual([1_000n, 1_000n, 1_000n])
  const { statements } = await listStatements(null)
  expect(statements.map(({ lines: count, open }) => [count, open])).toEqual([
    [2, 2],
    [3, 3],
  ])
})

test('a file that does not add up leaves nothing behind', async () => {
  const before = await db.bankLine.count()
  const answer = await importText('Date,Amount,Balance\n2026-02-02,10,110\n2026-02-03,5,116')
  expect(answer).toMatchObject({ ok: false, problem: expect.stringContaining('does not add up') })
  expect(await importText('%PDF-1.7')).toMatchObject({ ok: false })
  expect(await importText(' ')).toMatchObject({ ok: false })
  expect(await db.bankLine.count()).toBe(before)
})

test('a movement that names an invoice is suggested and booked to it, and its payer is known from then on', async () => {
  const invoice = await issueInvoice(customerId, 124_050n, { number: 'INV-7731' })
  const line = await bankMovement('1240.50', 'ODD NAME HOLDINGS', 'pays INV-7731')
  const [best] = await suggested(line)
  expect(best).toMatchObject({ kind: 'payment', customerId, score: 60, items: [{ invoiceId: invoice }] })
  const payment = wire(customerId, 124_050n, [[invoice, 124_050n]])
  expect(await matchBankLine(line, { kind: 'payment', payments: [payment] }, CLERK)).toEqual({
    ok: true,
    changed: true,
  })
  expect(await matchBankLine(line, { kind: 'payment', payments: [payment] }, CLERK)).toEqual({
    ok: true,
    changed: false,
  })
  expect(await openAndHeld(invoice)).toEqual({ open: 0n, held: 0n })
  expect(await accountBalance(customerId, 1000)).toBe(124_050n)
  const booked = await db.payment.findUniqueOrThrow({
    where: { id: payment.paymentId },
    include: { manual: true },
  })
  expect(booked).toMatchObject({
    channel: 'staff',
    method: 'wire',
    settledOn: new Date('2026-02-27'),
    manual: { bankLineId: line },
  })
  expect(await findBankLine(line)).toMatchObject({
    state: 'matched',
    matchedKind: 'payment',
    matchedId: payment.paymentId,
  })

  await issueInvoice(customerId, 999n)
  const [again] = await suggested(await bankMovement('50.00', 'Odd Name  HOLDINGS.', 'thanks'))
  expect(again).toMatchObject({
    customerId,
    reasons: expect.arrayContaining([expect.stringContaining('was confirmed as')]),
  })
})

test('a stranger’s exact amount leads to the invoice', async () => {
  const invoice = await issueInvoice(customerId, 77_713n)
  expect(await suggested(await bankMovement('777.13', 'WHO KNOWS', 'no text'))).toMatchObject([
    { customerId, items: [{ invoiceId: invoice, amount: { minor: 77_713n } }] },
  ])
})

test('sixteen people who confirm one movement at once make one payment', async () => {
  const invoice = await issueInvoice(customerId, 5_000n)
  const line = await bankMovement('50.00', 'RACE', 'x')
  const answers = await Promise.all(
    Array.from({ length: 16 }, () =>
      matchBankLine(
        line,
        { kind: 'payment', payments: [wire(customerId, 5_000n, [[invoice, 5_000n]])] },
        CLERK,
      ),
    ),
  )
  expect(answers.filter(({ ok }) => ok)).toHaveLength(1)
  for (const answer of answers.filter(({ ok }) => !ok))
    expect(answer).toMatchObject({ refusal: { code: 'BANK_LINE_DECIDED' } })
  expect(await db.payment.count({ where: { customerId } })).toBe(1)
})

test('a movement is split over customers as a whole, or not at all', async () => {
  const other = await createCustomer()
  const [mine, theirs] = [await issueInvoice(customerId, 3_000n), await issueInvoice(other, 2_000n)]
  const line = await bankMovement('50.00', 'SPLIT', 'two customers')
  const first = wire(customerId, 3_000n, [[mine, 3_000n]])
  const short = await matchBankLine(line, { kind: 'payment', payments: [first] }, CLERK)
  expect(short).toMatchObject({ ok: false, refusal: { code: 'SPLIT_NOT_WHOLE' } })
  const tooMuch = wire(other, 2_000n, [[theirs, 2_000n]])
  const foreign = wire(other, 2_000n, [[mine, 2_000n]])
  expect(await matchBankLine(line, { kind: 'payment', payments: [first, foreign] }, CLERK)).toMatchObject({
    ok: false,
  })
  expect(await db.payment.count({ where: { customerId: { in: [customerId, other] } } })).toBe(0)
  expect(await matchBankLine(line, { kind: 'payment', payments: [first, tooMuch] }, CLERK)).toEqual({
    ok: true,
    changed: true,
  })
  expect((await findBankLine(line))?.payments.map(({ amount }) => amount.minor).toSorted()).toEqual([
    2_000n,
    3_000n,
  ])
  expect(await reopenBankLine(line, CLERK)).toEqual({ ok: true, changed: true })
  expect(await openAndHeld(mine)).toEqual({ open: 3_000n, held: 0n })
  expect(await openAndHeld(theirs)).toEqual({ open: 2_000n, held: 0n })
})

test('undoing opens the movement, takes its payment back and forgets the payer; it can be matched anew', async () => {
  const other = await createCustomer()
  const line = await bankMovement('20.00', 'UNDO ME LTD', 'x')
  const wrong = wire(customerId, 2_000n)
  await matchBankLine(line, { kind: 'payment', payments: [wrong] }, CLERK)
  expect(await takeBackPayment(wrong.paymentId, 'wrong_customer', CLERK)).toMatchObject({
    ok: false,
    refusal: { code: 'PAYMENT_FROM_BANK_LINE', bankLineId: line },
  })
  await Promise.all(Array.from({ length: 8 }, () => reopenBankLine(line, CLERK)))
  expect(await findBankLine(line)).toMatchObject({ state: 'open', matchedId: null })
  expect(await accountBalance(customerId, 1000)).toBe(0n)
  expect(await db.knownPayer.count({ where: { customerId } })).toBe(0)
  expect(await matchBankLine(line, { kind: 'payment', payments: [wrong] }, CLERK)).toMatchObject({
    ok: false,
    refusal: { code: 'PAYMENT_SUBMITTED_DIFFERENTLY' },
  })
  expect(
    await matchBankLine(line, { kind: 'payment', payments: [wire(other, 2_000n)] }, CLERK),
  ).toMatchObject({ ok: true })
  expect(await accountBalance(other, 1000)).toBe(2_000n)
})

test('a cheque that bounced is taken back while its movement stays what it was', async () => {
  const line = await bankMovement('30.00', 'BOUNCE', 'cheque 4711')
  const payment = cheque(customerId, 3_000n)
  await matchBankLine(line, { kind: 'payment', payments: [payment] }, CLERK)
  expect(await takeBackPayment(payment.paymentId, 'bounced', CLERK)).toMatchObject({
    ok: true,
    reversed: true,
  })
  expect(await findBankLine(line)).toMatchObject({ state: 'matched', payments: [{ isTakenBack: true }] })
})

async function payout(id: string, amountMinor: bigint, status: string): Promise<void> {
  const reading = {
    id,
    amountMinor: amountMinor.toString(),
    currency: 'USD',
    status,
    arrivalOn: '2026-02-26',
  }
  const body = JSON.stringify({
    ...reading,
    isAutomatic: true,
    isItemised: false,
    createdAt: NOW,
    readAt: NOW,
  })
  await db.$queryRaw`SELECT record_payout(${body}::jsonb, ${NOW})::text`
}

test('a payout is tied to one movement of its amount, and its failure to another', async () => {
  await payout('po_tie', 888_001n, 'failed')
  const [first, second] = [
    await bankMovement('8880.01', 'STRIPE', 'a'),
    await bankMovement('8880.01', 'STRIPE', 'b'),
  ]
  expect(await suggested(first)).toMatchObject([{ kind: 'payout', payoutId: 'po_tie' }])
  const answers = await Promise.all(
    [first, second].map((line) => matchBankLine(line, { kind: 'payout', payoutId: 'po_tie' }, CLERK)),
  )
  expect(answers.filter(({ ok }) => ok)).toHaveLength(1)
  expect(answers.find(({ ok }) => !ok)).toMatchObject({ refusal: { code: 'PAYOUT_ON_ANOTHER_LINE' } })
  const back = await bankMovement('-8880.01', 'STRIPE', 'c')
  expect(await suggested(back)).toMatchObject([{ kind: 'payout_failure', payoutId: 'po_tie' }])
  expect(await matchBankLine(back, { kind: 'payout', payoutId: 'po_tie' }, CLERK)).toMatchObject({
    refusal: { code: 'PAYOUT_DIFFERS' },
  })
  expect(await matchBankLine(back, { kind: 'payout_failure', payoutId: 'po_tie' }, CLERK)).toMatchObject({
    ok: true,
  })
})

test('money that went out pays no invoice; it is ignored with a note, and opened again', async () => {
  const line = await bankMovement('-12.00', '', 'bank fee')
  const paid = await matchBankLine(line, { kind: 'payment', payments: [wire(customerId, 1_200n)] }, CLERK)
  expect(paid).toMatchObject({ ok: false, refusal: { code: 'BANK_LINE_IS_DEBIT' } })
  expect(await ignoreBankLine(line, 'Fee of the bank', CLERK)).toEqual({ ok: true, changed: true })
  expect(await findBankLine(line)).toMatchObject({ state: 'ignored', note: 'Fee of the bank' })
  expect(await matchBankLine(line, { kind: 'payout', payoutId: 'po_x' }, CLERK)).toMatchObject({
    refusal: { code: 'BANK_LINE_DECIDED' },
  })
  expect(await reopenBankLine(line, CLERK)).toEqual({ ok: true, changed: true })
  const nothing = newId<'bln'>() as BankLineId
  expect(await ignoreBankLine(nothing, 'x', CLERK)).toMatchObject({
    refusal: { code: 'BANK_LINE_NOT_FOUND' },
  })
})
