import { z } from 'zod'
import { type CustomerId, encodeId, type Id, type PersonId } from '#app/books/ids.ts'
import { answerOf } from '#app/books/posting-answer.ts'
import { type Result, refuse } from '#app/books/refusals.ts'
import { parseCurrency } from '#app/money/currencies.ts'
import { compare, isPositive, money } from '#app/money/money.ts'
import { recordAudit } from '#app/parties/audit.server.ts'
import type { CreditUse } from '#app/payments/credits/credit-plan.ts'
import type { CreditRequestView } from '#app/payments/credits/credit-request.ts'
import { creditUseId } from '#app/payments/credits/credit-use-id.ts'
import { readCredits, readTargets } from '#app/payments/credits/credits.server.ts'
import { readNow } from '#app/platform/clock.server.ts'
import { db, withTransaction } from '#app/platform/db.server.ts'

const PAGE = 30

/**
 * A buyer asks to use credit. Nothing is held meanwhile: what can be used is seen when staff agree. The same form again asks for
 * nothing more. Refusals: CREDIT_NOT_FOUND, CREDIT_EXCEEDS_REMAINING, AMOUNT_EXCEEDS_PAYABLE.
 */
export async function requestCredits(options: {
  customerId: CustomerId
  uses: readonly CreditUse[]
  formId: string
  personId: PersonId
}): Promise<Result<{ requested: number }>> {
  const { customerId, uses, formId, personId } = options
  const problem = await findProblem(customerId, uses)
  if (problem !== null) return problem
  const now = await readNow()
  return withTransaction(async (tx) => {
    const { count } = await tx.creditRequest.createMany({
      data: uses.map(({ source, invoiceId, amount }, index) => ({
        ...{ id: creditUseId(formId, index), customerId, invoiceId, ...source },
        ...{ amountMinor: amount.minor, currency: amount.currency, state: 'requested' as const },
        ...{ requestedBy: personId, createdAt: now },
      })),
      skipDuplicates: true,
    })
    if (count > 0)
      await recordAudit(
        { actorKind: 'buyer', actorId: personId, action: 'credit.requested', customerId, detail: { count } },
        tx,
      )
    return { ok: true, requested: count }
  })
}

/** Why one of the uses cannot be asked for as things stand. */
async function findProblem(
  customerId: CustomerId,
  uses: readonly CreditUse[],
): Promise<Result<never> | null> {
  for (const { source, invoiceId, amount } of uses) {
    if (!isPositive(amount)) return refuse('AMOUNT_NOT_POSITIVE')
    const credits = await readCredits(customerId, amount.currency)
    const credit = credits.find((each) => JSON.stringify(each.source) === JSON.stringify(source))
    if (credit === undefined) return refuse('CREDIT_NOT_FOUND')
    if (compare(amount, credit.remaining) > 0) return refuse('CREDIT_EXCEEDS_REMAINING')
    const [target] = await readTargets(customerId, amount.currency, new Map([[invoiceId, amount.minor]]))
    if (target === undefined || compare(target.upTo, amount) < 0)
      return refuse('AMOUNT_EXCEEDS_PAYABLE', { invoiceId })
  }
  return null
}

/**
 * Staff agree to a request, which uses the credit at once, or decline it with a note. The same answer again changes nothing.
 * Refusals: REQUEST_NOT_FOUND, REQUEST_DECIDED, SECOND_PERSON_NEEDED, and those of using credit: the request stays then.
 */
export async function decideCreditRequest(
  id: Id<'crq'>,
  answer: { readonly approve: boolean; readonly note: string | null },
  personId: PersonId,
): Promise<Result<{ changed: boolean }>> {
  const now = await readNow()
  return withTransaction(async (tx) => {
    const rows = await tx.$queryRaw<{ answer: unknown }[]>`
      SELECT decide_credit_request(${id}::uuid, ${answer.approve}, ${answer.note}, ${personId}::uuid, ${now}) AS answer`
    const decided = answerOf(rows, { changed: z.boolean() })
    if (decided.ok && decided.changed)
      await recordAudit(
        {
          ...{ actorKind: 'staff', actorId: personId, subjectId: encodeId('crq', id) },
          action: answer.approve ? 'credit.request-approved' : 'credit.request-declined',
        },
        tx,
      )
    return decided
  })
}

/** Requests, newest first, 30 at a time: those that wait or those that were decided; of one customer, or of all (null). */
export async function listCreditRequests(options: {
  customerId: CustomerId | null
  isOpen: boolean | null
  after: string | null
}): Promise<{ requests: CreditRequestView[]; next: string | null }> {
  const { customerId, isOpen, after } = options
  const rows = await db.creditRequest.findMany({
    where: {
      ...(customerId === null ? {} : { customerId }),
      ...(isOpen === null ? {} : { state: isOpen ? 'requested' : { not: 'requested' } }),
    },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    ...(after === null ? {} : { cursor: { id: after }, skip: 1 }),
    take: PAGE + 1,
    include: { customer: { select: { name: true } }, invoice: { select: { number: true } } },
  })
  const shown = rows.slice(0, PAGE)
  const numbers = await creditNumbers(shown)
  return {
    requests: shown.map((row) => ({
      ...{ id: row.id, customerId: row.customerId, customerName: row.customer.name, state: row.state },
      ...{ invoiceId: row.invoiceId, invoiceNumber: row.invoice.number, note: row.decisionNote },
      ...{ createdAt: row.createdAt, decidedAt: row.decidedAt },
      credit: numbers.get(row.creditMemoId ?? row.paymentId ?? '') ?? '',
      amount: money(row.amountMinor, parseCurrency(row.currency)),
    })),
    next: rows.length > PAGE ? (shown.at(-1)?.id ?? null) : null,
  }
}

async function creditNumbers(
  rows: readonly { creditMemoId: string | null; paymentId: string | null }[],
): Promise<ReadonlyMap<string, string>> {
  const select = { id: true, number: true } as const
  const [memos, payments] = await Promise.all([
    db.creditMemo.findMany({ where: { id: { in: rows.flatMap((row) => row.creditMemoId ?? []) } }, select }),
    db.payment.findMany({ where: { id: { in: rows.flatMap((row) => row.paymentId ?? []) } }, select }),
  ])
  return new Map([
    ...memos.map(({ id, number }) => [id, `Credit ${number}`] as const),
    ...payments.map(({ id, number }) => [id, `Payment ${number}`] as const),
  ])
}

/** How many requests to use credit wait for staff. */
export function countCreditRequests(): Promise<number> {
  return db.creditRequest.count({ where: { state: 'requested' } })
}
