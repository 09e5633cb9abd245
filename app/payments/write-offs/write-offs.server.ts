import { z } from 'zod'
import { encodeId, type Id, type InvoiceId, type PersonId } from '#app/books/ids.ts'
import { answerOf } from '#app/books/posting-answer.ts'
import type { Result } from '#app/books/refusals.ts'
import { parseCurrency } from '#app/money/currencies.ts'
import { type Money, money } from '#app/money/money.ts'
import { recordAudit } from '#app/parties/audit.server.ts'
import { REQUEST_STATES, type RequestState } from '#app/payments/credits/credit-request.ts'
import type { WriteOffReason, WriteOffView } from '#app/payments/write-offs/write-off.ts'
import { readNow } from '#app/platform/clock.server.ts'
import { db, withTransaction } from '#app/platform/db.server.ts'

type Row = { answer: unknown }[]

const PAGE = 30

/**
 * Gives up part of an invoice: at once within what one person may give up on it alone, else when a second person agrees. The
 * same form again gives up nothing more. Refusals: INVOICE_NOT_FOUND, AMOUNT_NOT_POSITIVE, WRITE_OFF_EXCEEDS_PAYABLE.
 */
export async function requestWriteOff(
  writeOff: {
    readonly id: Id<'wof'>
    readonly invoiceId: InvoiceId
    readonly amount: Money
    readonly reason: WriteOffReason
  },
  personId: PersonId,
): Promise<Result<{ created: boolean; state: RequestState }>> {
  const { id, invoiceId, amount, reason } = writeOff
  const now = await readNow()
  return withTransaction(async (tx) => {
    const rows = await tx.$queryRaw<Row>`
      SELECT request_write_off(${id}::uuid, ${invoiceId}::uuid, ${amount.minor}, ${reason}, ${personId}::uuid, ${now}) AS answer`
    const answer = answerOf(rows, { created: z.boolean(), state: z.enum(REQUEST_STATES) })
    if (answer.ok && answer.created)
      await recordAudit(
        {
          ...{ actorKind: 'staff', actorId: personId, subjectId: encodeId('inv', invoiceId) },
          action: answer.state === 'approved' ? 'writeoff.posted' : 'writeoff.requested',
          detail: { amountMinor: amount.minor.toString(), currency: amount.currency, reason },
        },
        tx,
      )
    return answer
  })
}

/**
 * The second person agrees to a write-off, which posts it, or declines it with a note. The same answer again changes nothing.
 * Refusals: REQUEST_NOT_FOUND, REQUEST_DECIDED, SECOND_PERSON_NEEDED, WRITE_OFF_EXCEEDS_PAYABLE.
 */
export async function decideWriteOff(
  id: Id<'wof'>,
  answer: { readonly approve: boolean; readonly note: string | null },
  personId: PersonId,
): Promise<Result<{ changed: boolean }>> {
  const now = await readNow()
  return withTransaction(async (tx) => {
    const rows = await tx.$queryRaw<Row>`
      SELECT decide_write_off(${id}::uuid, ${answer.approve}, ${answer.note}, ${personId}::uuid, ${now}) AS answer`
    const decided = answerOf(rows, { changed: z.boolean() })
    if (decided.ok && decided.changed)
      await recordAudit(
        {
          ...{ actorKind: 'staff', actorId: personId, subjectId: encodeId('wof', id) },
          action: answer.approve ? 'writeoff.approved' : 'writeoff.declined',
        },
        tx,
      )
    return decided
  })
}

/** Write-offs, newest first, 30 at a time: those that wait for a second person, or those that are decided. */
export async function listWriteOffs(options: {
  isOpen: boolean
  after: string | null
}): Promise<{ writeOffs: WriteOffView[]; next: string | null }> {
  const { isOpen, after } = options
  const rows = await db.writeOffRequest.findMany({
    where: { state: isOpen ? 'requested' : { not: 'requested' } },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    ...(after === null ? {} : { cursor: { id: after }, skip: 1 }),
    take: PAGE + 1,
    include: { invoice: { include: { customer: { select: { name: true } } } } },
  })
  const shown = rows.slice(0, PAGE)
  const people = await db.person.findMany({
    where: { id: { in: shown.map(({ requestedBy }) => requestedBy) } },
    select: { id: true, name: true },
  })
  const names = new Map(people.map(({ id, name }) => [id, name]))
  return {
    writeOffs: shown.map(({ invoice, ...row }) => ({
      ...{
        id: row.id,
        invoiceId: invoice.id,
        invoiceNumber: invoice.number,
        customerName: invoice.customer.name,
      },
      ...{
        reason: row.reason,
        state: row.state,
        requestedBy: row.requestedBy,
        note: row.decisionNote,
        createdAt: row.createdAt,
      },
      requestedByName: names.get(row.requestedBy) ?? row.requestedBy,
      amount: money(row.amountMinor, parseCurrency(row.currency)),
      payable: money(invoice.openMinor - invoice.heldMinor, parseCurrency(row.currency)),
    })),
    next: rows.length > PAGE ? (shown.at(-1)?.id ?? null) : null,
  }
}

/** How many write-offs wait for a second person. */
export function countWaitingWriteOffs(): Promise<number> {
  return db.writeOffRequest.count({ where: { state: 'requested' } })
}
