import { parseCurrency } from '#app/money/currencies.ts'
import { formatMoney } from '#app/money/format.ts'
import { money } from '#app/money/money.ts'
import type { Letter } from '#app/notices/letter.ts'
import type { Sender } from '#app/notices/letters.ts'
import { payLinkLetter } from '#app/notices/pay-link-letter.ts'
import { getSupplier } from '#app/parties/supplier.server.ts'
import { db } from '#app/platform/db.server.ts'
import { addDays, formatBusinessDate, fromDatabaseDate } from '#app/platform/time.ts'

/** A letter lists so many invoices; the page behind the link has them all. */
const MOST_ROWS = 20

/** The letter of a pay link, from the books as they are now. */
export async function composePayLink(payLinkId: string, link: string, sender: Sender): Promise<Letter> {
  const { locale } = await getSupplier()
  const row = await db.payLink.findUniqueOrThrow({
    where: { id: payLinkId },
    include: { customer: { select: { name: true } }, invoice: { select: { number: true } } },
  })
  const open = await db.invoice.findMany({
    where: {
      openMinor: { gt: 0n },
      ...(row.invoiceId === null ? { customerId: row.customerId } : { id: row.invoiceId }),
    },
    orderBy: [{ dueOn: 'asc' }, { id: 'asc' }],
  })
  const words = (minor: bigint, currency: string): string =>
    formatMoney(money(minor, parseCurrency(currency)), locale)
  const totals = [...Map.groupBy(open, ({ currency }) => currency)].map(([currency, invoices]) =>
    words(
      invoices.reduce((sum, each) => sum + each.openMinor, 0n),
      currency,
    ),
  )
  const rows = open
    .slice(0, MOST_ROWS)
    .map(({ number, dueOn, openMinor, currency }): [string, string] => [
      `Invoice ${number}, due ${formatBusinessDate(fromDatabaseDate(dueOn), locale)}`,
      words(openMinor, currency),
    ])
  const more = open.length - rows.length
  return payLinkLetter(
    {
      customer: row.customer.name,
      invoiceNumber: row.invoice?.number ?? null,
      rows: more > 0 ? [...rows, [`and ${more} more`, '']] : rows,
      total: totals.join(' + '),
      lastDay: formatBusinessDate(addDays(fromDatabaseDate(row.expiresAt), -1), locale),
      link,
    },
    sender,
  )
}
