import { db } from '#app/platform/db.server.ts'
import { type BusinessDate, fromDatabaseDate, toDatabaseDate } from '#app/platform/time.ts'
import type { OpenBankLine } from '#app/reconciliation/comparison/compare-bank-line.ts'

const PAGE = 500

/** Lines of the bank that are matched to nothing and were booked on or before a day, oldest first. */
export async function* openBankLines(lastDay: BusinessDate): AsyncGenerator<OpenBankLine[]> {
  for (let after: string | null = null; ; ) {
    const rows: (Omit<OpenBankLine, 'bookedOn'> & { bookedOn: Date })[] = await db.bankLine.findMany({
      where: { state: 'open', bookedOn: { lte: toDatabaseDate(lastDay) } },
      select: {
        id: true,
        bookedOn: true,
        amountMinor: true,
        currency: true,
        counterparty: true,
        reference: true,
      },
      orderBy: [{ bookedOn: 'asc' }, { id: 'asc' }],
      ...(after === null ? {} : { cursor: { id: after }, skip: 1 }),
      take: PAGE,
    })
    if (rows.length === 0) return
    yield rows.map((row) => ({ ...row, bookedOn: fromDatabaseDate(row.bookedOn) }))
    after = rows.at(-1)?.id ?? null
  }
}
