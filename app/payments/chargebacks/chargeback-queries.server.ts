import { asId, type ChargebackId, type PaymentId } from '#app/books/ids.ts'
import { parseCurrency } from '#app/money/currencies.ts'
import { money } from '#app/money/money.ts'
import { CHARGEBACK_STATES, isOpenChargeback } from '#app/payments/chargebacks/chargeback.ts'
import type { ChargebackView } from '#app/payments/chargebacks/chargeback-view.ts'
import { ACCEPT_CHARGEBACK, SUBMIT_EVIDENCE } from '#app/payments/writes/operations.ts'
import { db } from '#app/platform/db.server.ts'
import type { Prisma } from '#app/platform/generated/client.ts'

const PARTS = {
  payment: {
    select: {
      id: true,
      number: true,
      method: true,
      customer: { select: { id: true, name: true } },
      attempts: {
        where: { operation: { in: [SUBMIT_EVIDENCE, ACCEPT_CHARGEBACK] } },
        orderBy: { createdAt: 'desc' },
        select: { state: true, request: true },
      },
    },
  },
} as const satisfies Prisma.ChargebackInclude

type Row = Prisma.ChargebackGetPayload<{ include: typeof PARTS }>

const OPEN = CHARGEBACK_STATES.filter(isOpenChargeback)

/** Those that have not ended, the nearest last day first; or those that have, newest first. */
export async function listChargebacks(isOpen: boolean): Promise<ChargebackView[]> {
  const rows = await db.chargeback.findMany({
    where: { state: isOpen ? { in: OPEN } : { notIn: OPEN } },
    include: PARTS,
    orderBy: isOpen
      ? [{ evidenceDueAt: { sort: 'asc', nulls: 'last' } }, { id: 'asc' }]
      : [{ updatedAt: 'desc' }],
    take: 200,
  })
  return rows.map(viewOf)
}

/** How many wait for the supplier's answer. */
export function countUnanswered(): Promise<number> {
  return db.chargeback.count({
    where: { state: { in: ['inquiry', 'needs_response'] }, evidenceSentAt: null, acceptedAt: null },
  })
}

export async function findChargeback(id: ChargebackId): Promise<ChargebackView | null> {
  const row = await db.chargeback.findUnique({ where: { id }, include: PARTS })
  return row && viewOf(row)
}

/** The chargebacks of a payment, oldest first. */
export async function listChargebacksOf(paymentId: PaymentId): Promise<ChargebackView[]> {
  const rows = await db.chargeback.findMany({
    where: { paymentId },
    include: PARTS,
    orderBy: { openedAt: 'asc' },
  })
  return rows.map(viewOf)
}

function viewOf(row: Row): ChargebackView {
  const { payment } = row
  const answer = payment.attempts.find(({ request }) => isAbout(request, row.providerDisputeId))
  return {
    id: asId<'cbk'>(row.id),
    payment: {
      id: asId<'pay'>(payment.id),
      number: payment.number,
      isBankDebit: payment.method === 'us_bank_account',
    },
    customer: { id: asId<'cst'>(payment.customer.id), name: payment.customer.name },
    disputeId: row.providerDisputeId,
    amount: money(row.amountMinor, parseCurrency(row.currency)),
    reason: row.reason,
    networkCode: row.networkCode,
    state: row.state,
    money: row.money,
    evidenceDueAt: row.evidenceDueAt,
    evidenceText: row.evidenceText,
    evidenceSentAt: row.evidenceSentAt,
    acceptedAt: row.acceptedAt,
    openedAt: row.openedAt,
    updatedAt: row.updatedAt,
    answer: answer?.state ?? null,
  }
}

function isAbout(request: Prisma.JsonValue, disputeId: string): boolean {
  return (
    typeof request === 'object' && request !== null && 'dispute' in request && request.dispute === disputeId
  )
}
