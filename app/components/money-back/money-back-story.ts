/** What a payment's story tells its buyer of refunds and chargebacks, beyond the money that was taken back. */

import type { MoneyState } from '#app/components/invoices/money-state.tsx'
import type { PaymentEvent } from '#app/components/payments/payment-timeline.tsx'
import { formatMoney } from '#app/money/format.ts'
import type { ChargebackView } from '#app/payments/chargebacks/chargeback-view.ts'
import type { RefundView } from '#app/payments/refunds/refund-view.ts'
import { formatInstant } from '#app/platform/time.ts'

type Words = { readonly locale: string; readonly timeZone: string }
type Told = { key: string; at: Date; what: string; state: MoneyState; amount: string; note: string | null }

/** The story with what was asked, declined and decided about its money, in the order in which it happened. */
export function withMoneyBack(
  story: readonly PaymentEvent[],
  refunds: readonly RefundView[],
  chargebacks: readonly ChargebackView[],
  words: Words,
): PaymentEvent[] {
  const told = [
    ...refunds.flatMap((each) => refundSteps(each, words.locale)),
    ...chargebacks.flatMap((each) => chargebackSteps(each, words.locale)),
  ].map(
    ({ at, ...event }): PaymentEvent => ({
      ...event,
      ...{ who: null, ledger: 'none', future: false, at: at.toISOString() },
      when: formatInstant(at, words.timeZone, words.locale),
    }),
  )
  const past = [...story.filter(({ future }) => !future), ...told].toSorted((a, b) =>
    (a.at ?? '') < (b.at ?? '') ? -1 : (a.at ?? '') > (b.at ?? '') ? 1 : 0,
  )
  return [...past, ...story.filter(({ future }) => future)]
}

/** What the buyer is told first while a bank has taken money and not decided yet; null otherwise. */
export function undecidedNews(
  chargebacks: readonly ChargebackView[],
  locale: string,
): { title: string; text: string } | null {
  const open = chargebacks.find(({ money, payment }) => money === 'withdrawn' && !payment.isBankDebit)
  if (open === undefined) return null
  return {
    title: `Your bank took ${formatMoney(open.amount, locale)} back and decides about it`,
    text: 'The invoices stay paid until it has decided. If you did not mean to question this payment, tell your bank.',
  }
}

function refundSteps(refund: RefundView, locale: string): Told[] {
  const amount = formatMoney(refund.amount, locale)
  const step = (
    name: string,
    at: Date,
    what: string,
    state: MoneyState,
    note: string | null = null,
  ): Told => ({
    ...{ key: `refund-${refund.id}-${name}`, at, what, state, amount, note },
  })
  const asked = refund.byBuyer
    ? [step('asked', refund.createdAt, 'You asked for credit back', 'awaiting')]
    : []
  switch (refund.state) {
    case 'declined':
      // What staff asked for and staff declined is no news to the buyer.
      if (!refund.byBuyer) return []
      return [
        ...asked,
        step('declined', refund.updatedAt, 'Your request was declined', 'canceled', refund.decisionNote),
      ]
    case 'pending':
      return [
        ...asked,
        step('sent', refund.updatedAt, 'Refund sent; your bank shows it within days', 'on-its-way'),
      ]
    case 'failed': {
      const note =
        'It counts as paid again, or as credit on your account. We will ask you how to pay it back.'
      return [...asked, step('failed', refund.updatedAt, 'The refund did not arrive', 'failed', note)]
    }
    case 'requested':
    case 'approved':
    case 'sent':
    case 'succeeded':
      return asked
  }
}

/** A bank debit that came back is told with its money alone: nothing was decided about it. */
function chargebackSteps(chargeback: ChargebackView, locale: string): Told[] {
  if (chargeback.money === 'none' || chargeback.payment.isBankDebit) return []
  const amount = formatMoney(chargeback.amount, locale)
  const key = `chargeback-${chargeback.id}`
  const taken = 'Your bank took the money back and decides about it'
  const note = 'The invoices stay paid until it has decided.'
  const opened: Told = { key, at: chargeback.openedAt, what: taken, state: 'disputed', amount, note }
  if (chargeback.money !== 'reinstated') return [opened]
  const won = 'Your bank decided: the payment stands'
  return [
    opened,
    { key: `${key}-won`, at: chargeback.updatedAt, what: won, state: 'settled', amount, note: null },
  ]
}
