import type { PaymentId } from '#app/books/ids.ts'
import { DAY_MS } from '#app/payments/linked-banks/links/start-link.server.ts'
import {
  type ReviewReason,
  reasonsOfDebit,
  reasonsOfLink,
} from '#app/payments/linked-banks/review-reasons.ts'
import { openException } from '#app/payments/posting.server.ts'
import type { Tx } from '#app/platform/db.server.ts'
import type { BankLink } from '#app/platform/generated/client.ts'

/** Asks staff to look at an account that was added, if anything about it is unusual. */
export async function reviewLink(tx: Tx, link: BankLink, now: Date): Promise<void> {
  const { id, customerId } = link
  const since = new Date(now.getTime() - DAY_MS)
  const addedToday = await tx.bankLink.count({ where: { customerId, createdAt: { gt: since } } })
  const paid = await tx.payment.count({
    where: {
      ...{ customerId, method: 'us_bank_account', state: { in: ['processing', 'settled'] } },
      OR: [
        { savedMethodId: null },
        { savedMethod: { bankLinkId: null } },
        { savedMethod: { bankLinkId: { not: id } } },
      ],
    },
  })
  await raise(tx, id, { customerId }, reasonsOfLink({ addedToday, hasPaidFromAnother: paid > 0 }), now)
}

/** Asks staff to look at a debit of a bank account, if anything about it is unusual. */
export async function reviewDebit(
  tx: Tx,
  debit: { paymentId: PaymentId; customerId: string; savedMethodId: string; amountMinor: bigint },
  now: Date,
): Promise<void> {
  const { paymentId, customerId, savedMethodId, amountMinor } = debit
  const before = await tx.payment.count({ where: { savedMethodId, id: { not: paymentId } } })
  const reasons = reasonsOfDebit({ isFirst: before === 0, amountMinor })
  await raise(tx, paymentId, { customerId, savedMethodId }, reasons, now)
}

async function raise(
  tx: Tx,
  subjectId: string,
  facts: Readonly<Record<string, string>>,
  reasons: readonly ReviewReason[],
  now: Date,
): Promise<void> {
  if (reasons.length === 0) return
  const detail = { subjectId, ...facts, reasons: reasons.join(', ') }
  await openException(tx, 'bank.review', `bank.review:${subjectId}`, detail, now)
}
