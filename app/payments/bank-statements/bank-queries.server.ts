/** Reads of bank statements and their movements for staff. */
import { asId, type BankLineId } from '#app/books/ids.ts'
import { parseCurrency } from '#app/money/currencies.ts'
import { money } from '#app/money/money.ts'
import type {
  BankLine,
  LineFilter,
  LinePayment,
  StatementSummary,
} from '#app/payments/bank-statements/bank-line.ts'
import { db } from '#app/platform/db.server.ts'
import type { Prisma } from '#app/platform/generated/client.ts'
import { fromDatabaseDate } from '#app/platform/time.ts'

const LINES_PER_PAGE = 25
const STATEMENTS_PER_PAGE = 20

const LINE_PARTS = { statement: { select: { accountLast4: true } } } as const satisfies Prisma.BankLineInclude
type LineRow = Prisma.BankLineGetPayload<{ include: typeof LINE_PARTS }>

function lineOf(row: LineRow): BankLine {
  const { statementId, counterparty, reference, description, state, matchedKind, matchedId, note } = row
  return {
    ...{ statementId, counterparty, reference, description, state, matchedKind, matchedId, note },
    id: asId<'bln'>(row.id),
    accountLast4: row.statement.accountLast4,
    bookedOn: fromDatabaseDate(row.bookedOn),
    valueOn: row.valueOn && fromDatabaseDate(row.valueOn),
    amount: money(row.amountMinor, parseCurrency(row.currency)),
  }
}

/** Movements, newest first, 25 at a time; `after` is the last one of the page before. */
export async function listBankLines(
  filter: LineFilter,
  after: BankLineId | null,
): Promise<{ lines: BankLine[]; next: BankLineId | null }> {
  const holds = filter.text === null ? null : { contains: filter.text, mode: 'insensitive' as const }
  const rows = await db.bankLine.findMany({
    where: {
      ...(filter.state === null ? {} : { state: filter.state }),
      ...(filter.statementId === null ? {} : { statementId: filter.statementId }),
      ...(filter.direction === null
        ? {}
        : { amountMinor: filter.direction === 'in' ? { gt: 0n } : { lt: 0n } }),
      ...(holds === null
        ? {}
        : { OR: [{ counterparty: holds }, { reference: holds }, { description: holds }] }),
    },
    orderBy: [{ bookedOn: 'desc' }, { id: 'desc' }],
    ...(after === null ? {} : { cursor: { id: after }, skip: 1 }),
    take: LINES_PER_PAGE + 1,
    include: LINE_PARTS,
  })
  const lines = rows.slice(0, LINES_PER_PAGE).map(lineOf)
  return { lines, next: rows.length > LINES_PER_PAGE ? (lines.at(-1)?.id ?? null) : null }
}

/** One movement with the payments that it became, taken back or not; null when there is no such movement. */
export async function findBankLine(id: BankLineId): Promise<(BankLine & { payments: LinePayment[] }) | null> {
  const row = await db.bankLine.findUnique({
    where: { id },
    include: {
      ...LINE_PARTS,
      payments: {
        orderBy: { paymentId: 'asc' },
        include: { payment: { include: { customer: { select: { name: true } } } } },
      },
    },
  })
  if (row === null) return null
  return {
    ...lineOf(row),
    payments: row.payments.map(({ payment }) => ({
      ...{ id: payment.id, number: payment.number, customerName: payment.customer.name },
      amount: money(payment.receivedMinor, parseCurrency(payment.currency)),
      isTakenBack: payment.receivedMinor === payment.reversedMinor,
    })),
  }
}

/** Imported statements, newest first, 20 at a time, each with how many of its movements are still open. */
export async function listStatements(
  before: string | null,
): Promise<{ statements: StatementSummary[]; next: string | null }> {
  const rows = await db.bankStatement.findMany({
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    ...(before === null ? {} : { cursor: { id: before }, skip: 1 }),
    take: STATEMENTS_PER_PAGE + 1,
  })
  const shown = rows.slice(0, STATEMENTS_PER_PAGE)
  const counts = await db.bankLine.groupBy({
    by: ['statementId', 'state'],
    where: { statementId: { in: shown.map(({ id }) => id) } },
    _count: true,
  })
  const countOf = (id: string, isOpen: boolean): number =>
    counts
      .filter((each) => each.statementId === id && (!isOpen || each.state === 'open'))
      .reduce((sum, each) => sum + each._count, 0)
  return {
    statements: shown.map(({ id, fileName, format, accountLast4, createdAt, ...row }) => ({
      ...{ id, fileName, format, accountLast4, createdAt },
      fromOn: row.fromOn && fromDatabaseDate(row.fromOn),
      toOn: row.toOn && fromDatabaseDate(row.toOn),
      closing: row.closingMinor === null ? null : money(row.closingMinor, parseCurrency(row.currency)),
      lines: countOf(id, false),
      open: countOf(id, true),
    })),
    next: rows.length > STATEMENTS_PER_PAGE ? (shown.at(-1)?.id ?? null) : null,
  }
}

/** How many movements of money that came in are nobody's yet. */
export function countOpenBankLines(): Promise<number> {
  return db.bankLine.count({ where: { state: 'open', amountMinor: { gt: 0n } } })
}
