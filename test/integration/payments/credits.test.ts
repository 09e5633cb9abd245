/** Unused credit: applied at most once and at most as much as there is, by buyers, staff, carts and many at once. */
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { asId, type Id, type InvoiceId, newId } from '#app/books/ids.ts'
import { checkSqlInvariants } from '#app/books/invariants/check-invariants.server.ts'
import { takeBackPayment } from '#app/payments/cash/take-back-payment.server.ts'
import { applyCredits, applyCreditsFirst } from '#app/payments/credits/apply-credits.server.ts'
import type { CreditSource, CreditUse } from '#app/payments/credits/credit-plan.ts'
import {
  decideCreditRequest,
  listCreditRequests,
  requestCredits,
} from '#app/payments/credits/credit-requests.server.ts'
import { findReceipt } from '#app/payments/receipts/get-receipt.server.ts'
import { db, withRetry, withTransaction } from '#app/platform/db.server.ts'
import {
  createCustomer,
  createSupplier,
  issueCredit,
  issueInvoice,
  openAndHeld,
  openPayment,
  reversePayment,
} from '#test/support/books.ts'
import { accountBalance, CLERK, recordCredit, usd } from '#test/support/cash.ts'

let customerId: Id<'cst'>

beforeAll(createSupplier)
beforeEach(async () => {
  customerId = asId<'cst'>(await createCustomer())
})
afterEach(async () => {
  expect((await checkSqlInvariants()).filter(({ count }) => count > 0)).toEqual([])
})

const BUYER = newId<'per'>()
const user = { kind: 'buyer', personId: BUYER } as const
const memo = (id: string): CreditSource => ({ creditMemoId: asId<'crm'>(id) })
const ofPayment = (id: string): CreditSource => ({ paymentId: asId<'pay'>(id) })
const use = (source: CreditSource, invoiceId: string, minor: bigint): CreditUse => ({
  ...{ source, invoiceId: asId<'inv'>(invoiceId) as InvoiceId, amount: usd(minor) },
})
const apply = (uses: readonly CreditUse[], formId: string = newId()) =>
  applyCredits({ customerId, uses, formId, user })
const first = (invoices: readonly (readonly [string, bigint])[], formId: string = newId()) => ({
  ...{ customerId, currency: usd(0n).currency, formId, user },
  invoices: invoices.map(([id, minor]) => ({ invoiceId: asId<'inv'>(id) as InvoiceId, amount: usd(minor) })),
})

test('what a payment brought in too much pays an invoice: Dr unapplied credit / Cr receivable, with both ledger events', async () => {
  const paid = await recordCredit(customerId, 1_000n)
  const invoice = await issueInvoice(customerId, 700n)
  expect(await apply([use(ofPayment(paid), invoice, 700n)])).toEqual({ ok: true, applied: 1 })
  expect(await openAndHeld(invoice)).toEqual({ open: 0n, held: 0n })
  expect(await accountBalance(customerId, 2200)).toBe(-300n)
  const events = await db.ledgerEvent.findMany({
    where: { relatesTo: paid, type: 'credit.applied' },
    orderBy: { number: 'asc' },
  })
  expect(events.map((each) => [each.subjectKind, each.openAfterMinor])).toEqual([
    ['invoice', 0n],
    ['customer', 300n],
  ])
})

test('the receipt goes on saying what the payment did when it came', async () => {
  const paid = await recordCredit(customerId, 1_000n)
  const invoice = await issueInvoice(customerId, 700n)
  await apply([use(ofPayment(paid), invoice, 700n)])
  expect(await findReceipt(asId<'pay'>(paid), null)).toMatchObject({
    items: [],
    unapplied: { minor: 1_000n },
  })
})

test('taking the payment back opens what its credit had paid', async () => {
  const paid = await recordCredit(customerId, 1_000n)
  const invoice = await issueInvoice(customerId, 700n)
  await apply([use(ofPayment(paid), invoice, 700n)])
  await takeBackPayment(asId<'pay'>(paid), 'bounced', CLERK)
  expect(await openAndHeld(invoice)).toEqual({ open: 700n, held: 0n })
  expect(await accountBalance(customerId, 2200)).toBe(0n)
})

test('the same form again uses nothing more, and one refused use takes the others back', async () => {
  const [credit, paid] = [await issueCredit(customerId, 500n), await recordCredit(customerId, 500n)]
  const [one, two] = [await issueInvoice(customerId, 400n), await issueInvoice(customerId, 300n)]
  const refused = await apply([use(memo(credit), one, 400n), use(ofPayment(paid), two, 301n)])
  expect(refused).toMatchObject({ ok: false, refusal: { code: 'AMOUNT_EXCEEDS_PAYABLE' } })
  expect(await openAndHeld(one)).toEqual({ open: 400n, held: 0n })
  const formId = newId()
  const uses = [use(memo(credit), one, 400n), use(ofPayment(paid), two, 300n)]
  const answers = await Promise.all(Array.from({ length: 6 }, () => apply(uses, formId)))
  expect(answers.reduce((sum, answer) => sum + (answer.ok ? answer.applied : 0), 0)).toBe(2)
  expect(await openAndHeld(two)).toEqual({ open: 0n, held: 0n })
})

test('a stranger’s credit or invoice, another currency and nothing at all are refused', async () => {
  const stranger = await createCustomer()
  const [theirs, own] = [await recordCredit(stranger, 500n), await recordCredit(customerId, 500n)]
  const [foreign, euros] = [
    await issueInvoice(stranger, 400n),
    await issueInvoice(customerId, 400n, { currency: 'EUR' }),
  ]
  const invoice = await issueInvoice(customerId, 400n)
  const cases = [
    [use(ofPayment(theirs), invoice, 1n), 'CREDIT_NOT_FOUND'],
    [use(ofPayment(own), foreign, 1n), 'INVOICE_NOT_FOUND'],
    [use(ofPayment(own), euros, 1n), 'CURRENCY_MIXED'],
    [use(ofPayment(own), invoice, 0n), 'AMOUNT_NOT_POSITIVE'],
    [use(ofPayment(own), await issueInvoice(customerId, 900n), 501n), 'CREDIT_EXCEEDS_REMAINING'],
  ] as const
  for (const [each, code] of cases)
    expect(await apply([each]), code).toMatchObject({ ok: false, refusal: { code } })
})

test('credits come first: the oldest on the oldest due, at most what is to be paid, once for a form however often it is sent', async () => {
  const [old, young] = [await issueCredit(customerId, 300n), await recordCredit(customerId, 500n)]
  const late = await issueInvoice(customerId, 1_000n, { dueOn: '2026-05-01' })
  const early = await issueInvoice(customerId, 350n, { dueOn: '2026-02-01' })
  const cart = first([
    [late, 400n],
    [early, 350n],
  ])
  const answers = await Promise.all(Array.from({ length: 5 }, () => applyCreditsFirst(cart)))
  const applied = answers.filter((each) => each.applied.length > 0)
  expect(applied.map((each) => each.applied)).toMatchObject([
    [use(memo(old), early, 300n), use(ofPayment(young), early, 50n), use(ofPayment(young), late, 400n)],
  ])
  expect(await openAndHeld(late)).toEqual({ open: 600n, held: 0n })
  expect(await accountBalance(customerId, 2200)).toBe(-50n)
})

test('credits come first inside a transaction too, and go with it when it fails', async () => {
  await recordCredit(customerId, 500n)
  const invoice = await issueInvoice(customerId, 400n)
  await expect(
    withTransaction(async (tx) => {
      expect((await applyCreditsFirst(first([[invoice, 400n]]), tx)).applied).toHaveLength(1)
      throw new Error('the cart was refused')
    }),
  ).rejects.toThrow('the cart was refused')
  expect(await openAndHeld(invoice)).toEqual({ open: 400n, held: 0n })
})

test('what is held is not paid by credit', async () => {
  await recordCredit(customerId, 500n)
  const invoice = await issueInvoice(customerId, 400n)
  await openPayment(customerId, [{ invoiceId: invoice, amountMinor: 300n }])
  const { applied } = await applyCreditsFirst(first([[invoice, 400n]]))
  expect(applied.map(({ amount }) => amount.minor)).toEqual([100n])
})

test('whoever asked as a buyer does not answer as staff', async () => {
  const paid = await recordCredit(customerId, 500n)
  const uses = [use(ofPayment(paid), await issueInvoice(customerId, 300n), 300n)]
  await requestCredits({ customerId, uses, formId: newId(), personId: CLERK })
  const { requests } = await listCreditRequests({ customerId, isOpen: true, after: null })
  const id = asId<'crq'>(requests[0]?.id ?? '')
  for (const approve of [true, false])
    expect(await decideCreditRequest(id, { approve, note: null }, CLERK)).toMatchObject({
      refusal: { code: 'SECOND_PERSON_NEEDED' },
    })
  expect(await decideCreditRequest(id, { approve: false, note: 'No' }, BUYER)).toMatchObject({
    changed: true,
  })
})

test('a request holds nothing and is granted once; what cannot be used any more is refused and the request stays', async () => {
  const paid = await recordCredit(customerId, 500n)
  const [one, two] = [await issueInvoice(customerId, 300n), await issueInvoice(customerId, 300n)]
  const formId = newId()
  const uses = [use(ofPayment(paid), one, 300n), use(ofPayment(paid), two, 300n)]
  for (const requested of [2, 0])
    expect(await requestCredits({ customerId, uses, formId, personId: BUYER })).toEqual({
      ok: true,
      requested,
    })
  expect(await openAndHeld(one)).toEqual({ open: 300n, held: 0n })
  const { requests } = await listCreditRequests({ customerId, isOpen: true, after: null })
  const [a, b] = requests.map(({ id }) => asId<'crq'>(id))
  if (a === undefined || b === undefined) throw new Error('there are two requests')
  const approve = { approve: true, note: null }
  const answers = await Promise.all(Array.from({ length: 8 }, () => decideCreditRequest(a, approve, CLERK)))
  expect(answers.filter((each) => each.ok && each.changed)).toHaveLength(1)
  expect(await decideCreditRequest(b, approve, CLERK)).toMatchObject({
    ok: false,
    refusal: { code: 'CREDIT_EXCEEDS_REMAINING' },
  })
  expect(await decideCreditRequest(b, { approve: false, note: 'Used up' }, CLERK)).toEqual({
    ok: true,
    changed: true,
  })
  expect(await decideCreditRequest(b, approve, CLERK)).toMatchObject({ refusal: { code: 'REQUEST_DECIDED' } })
  const decided = await listCreditRequests({ customerId, isOpen: false, after: null })
  expect(decided.requests.map(({ state, note }) => [state, note]).toSorted()).toEqual([
    ['approved', null],
    ['declined', 'Used up'],
  ])
})

test('sixteen workers that use, cover, request, pay and take back the same credit and invoices keep the books sound', async () => {
  const invoices: string[] = []
  for (let index = 0; index < 6; index += 1) invoices.push(await issueInvoice(customerId, 30_000n))
  const credits = [memo(await issueCredit(customerId, 9_000n)), memo(await issueCredit(customerId, 4_000n))]
  const payments = [await recordCredit(customerId, 8_000n), await recordCredit(customerId, 5_000n)]
  const sources = [...credits, ...payments.map(ofPayment)]
  const given = 9_000n + 4_000n + 8_000n + 5_000n
  let taken = 0n
  const worker = async (seed: number): Promise<void> => {
    let state = seed
    const random = (below: number): number => {
      state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
      return state % below
    }
    const anInvoice = (): string => invoices[random(6)] as string
    for (let round = 0; round < 10; round += 1) {
      const amount = BigInt(1 + random(900))
      const act = random(8)
      if (act < 4) {
        const uses = Array.from({ length: 1 + random(3) }, () =>
          use(sources[random(4)] as CreditSource, anInvoice(), amount),
        )
        await apply(uses)
      } else if (act < 6)
        await applyCreditsFirst(
          first([
            [anInvoice(), amount],
            [anInvoice(), amount],
          ]),
        )
      else if (act < 7)
        await withRetry(() => openPayment(customerId, [{ invoiceId: anInvoice(), amountMinor: amount }]))
      else {
        const back = await withRetry(() => reversePayment(payments[random(2)] as string, 50n))
        if (back.ok) taken += 50n
      }
    }
  }
  await Promise.all(Array.from({ length: 16 }, (_each, index) => worker(index * 7_919 + 1)))
  const applied = await db.allocation.aggregate({
    where: { invoice: { customerId } },
    _sum: { amountMinor: true },
  })
  const memos = await db.creditMemo.aggregate({ where: { customerId }, _sum: { remainingMinor: true } })
  const left = await db.payment.aggregate({ where: { customerId }, _sum: { unallocatedMinor: true } })
  const sum =
    (applied._sum.amountMinor ?? 0n) + (memos._sum.remainingMinor ?? 0n) + (left._sum.unallocatedMinor ?? 0n)
  expect(sum).toBe(given - taken)
}, 120_000)
