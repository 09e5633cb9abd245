import { parseCurrency } from '#app/money/currencies.ts'
import { formatMoney } from '#app/money/format.ts'
import { money } from '#app/money/money.ts'
import type { Reconciled } from '#app/reconciliation/runs/reconcile.server.ts'
import type { OpenDifference } from '#app/reconciliation/runs/run-view.ts'

export type Report = Reconciled & { readonly differences: readonly OpenDifference[] }

/** The outcome of a comparison in lines for a terminal. */
export function reportText({ from, to, counts, open, differences }: Report): string {
  const { compared, held, paidOut, chain } = counts
  const amount = (minor: string, currency: string): string =>
    formatMoney(money(BigInt(minor), parseCurrency(currency)))
  const lines = [
    `Compared ${from} to ${to}: ${compared.groups} movements, ${compared.payouts} payouts, ${compared.bankLines} open bank lines.`,
    ...held.map(
      ({ currency, booksMinor, providerMinor, reservedMinor, inFlightMinor }) =>
        `Held by the card service: books ${amount(booksMinor, currency)}, card service ${amount(providerMinor, currency)}, of that kept in reserve ${amount(reservedMinor, currency)}, under way ${amount(inFlightMinor, currency)}.`,
    ),
    ...paidOut.map(
      ({ currency, booksMinor, providerMinor, bankMinor }) =>
        `Paid out: books ${amount(booksMinor, currency)}, card service ${amount(providerMinor, currency)}, found on bank statements ${amount(bankMinor, currency)}.`,
    ),
    chain === null
      ? 'No chain is configured, so it was not asked.'
      : `Shared ledger: ${chain.events} events, ${chain.waiting} on their way to the chain.`,
    ...differences.flatMap(({ kind, owner, subject, title, cause, next }) => [
      '',
      `${kind}  ${subject}  (${owner})`,
      `  ${title}. ${cause}`,
      `  Next: ${next}`,
    ]),
    '',
    open === 0 ? 'All sides agree.' : `Open differences: ${open}.`,
    ...(open > differences.length ? [`The ${differences.length} oldest are shown.`] : []),
  ]
  return lines.join('\n')
}
