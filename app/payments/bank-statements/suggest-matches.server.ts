import { asId } from '#app/books/ids.ts'
import { parseCurrency } from '#app/money/currencies.ts'
import { isPositive, money } from '#app/money/money.ts'
import type { BankLine } from '#app/payments/bank-statements/bank-line.ts'
import {
  type CustomerCandidate,
  type MovementFacts,
  type PayoutCandidate,
  type Suggestion,
  suggestMatches,
} from '#app/payments/bank-statements/suggestion.ts'
import { nameWords, numbersIn } from '#app/payments/bank-statements/texts.ts'
import { db } from '#app/platform/db.server.ts'
import { addDays, fromDatabaseDate, toDatabaseDate } from '#app/platform/time.ts'

/** How many invoices of one customer are tried; the oldest due. */
const INVOICES_EACH = 60
/** Money rarely pays what was issued longer ago than this under another name. */
const ISSUED_WITHIN_DAYS = 180
const MOST_FOUND = 200

/** Suggestions for the open ones among these movements, by their ids. A handful of queries, however many they are. */
export async function suggestFor(
  lines: readonly BankLine[],
): Promise<ReadonlyMap<string, readonly Suggestion[]>> {
  const open = lines.filter(({ state }) => state === 'open')
  if (open.length === 0) return new Map()
  const credits = open.filter(({ amount }) => isPositive(amount))
  const [payers, found, payouts] = await Promise.all([
    findPayers(credits),
    findInvoiceOwners(credits),
    findPayouts(open),
  ])
  const customers = await loadCustomers([...payers.map(({ customerId }) => customerId), ...found], credits)
  return new Map(
    open.map((line) => {
      const candidates = customers.flatMap((customer): CustomerCandidate[] => {
        const known = payers.find(
          ({ lineId, customerId }) => lineId === line.id && customerId === customer.id,
        )
        const invoices = customer.invoices.filter(({ payable }) => payable.currency === line.amount.currency)
        return [{ ...customer, invoices, confirmedCount: known?.confirmedCount ?? 0 }]
      })
      return [line.id, suggestMatches(factsOf(line), candidates, payouts)]
    }),
  )
}

function factsOf({ amount, bookedOn, counterparty, reference, description }: BankLine): MovementFacts {
  return {
    amount,
    bookedOn,
    counterparty,
    text: [reference, description].filter((text) => text !== null).join(' '),
  }
}

type Payer = { lineId: string; customerId: string; confirmedCount: number }

/** Customers who paid under the same name before, and those whose name begins like it. */
async function findPayers(lines: readonly BankLine[]): Promise<Payer[]> {
  const named = lines.filter(({ counterparty }) => counterparty !== null)
  if (named.length === 0) return []
  const ids = named.map(({ id }) => id)
  const starts = [...new Set(named.map(({ counterparty }) => nameWords(counterparty ?? '')[0] ?? ''))].filter(
    (word) => word.length >= 3,
  )
  const [known, alike] = await Promise.all([
    db.$queryRaw<Payer[]>`
      SELECT l.id::text AS "lineId", k.customer_id::text AS "customerId", k.confirmed_count AS "confirmedCount"
        FROM bank_line l JOIN known_payer k ON k.payer_key = payer_key(l.counterparty) WHERE l.id = ANY(${ids}::uuid[])`,
    db.customer.findMany({
      where: { OR: starts.map((word) => ({ name: { startsWith: word, mode: 'insensitive' as const } })) },
      take: MOST_FOUND,
      select: { id: true },
    }),
  ])
  return [
    ...known,
    ...(starts.length === 0
      ? []
      : alike.map(({ id }) => ({ lineId: '', customerId: id, confirmedCount: 0 }))),
  ]
}

/** Customers with an open invoice that a text names, or whose payable amount is exactly that of a movement. */
async function findInvoiceOwners(lines: readonly BankLine[]): Promise<string[]> {
  if (lines.length === 0) return []
  const numbers = [...new Set(lines.flatMap((line) => numbersIn(factsOf(line).text)))]
  const amounts = lines.map(({ amount }) => amount.minor)
  const days = lines.map(({ bookedOn }) => bookedOn).toSorted()
  const [first, last] = [days[0], days.at(-1)]
  if (first === undefined || last === undefined) return []
  const rows = await db.$queryRaw<{ customerId: string }[]>`
    (SELECT DISTINCT customer_id::text AS "customerId" FROM invoice WHERE number = ANY(${numbers}::text[]) AND open_minor > 0 LIMIT ${MOST_FOUND})
    UNION
    (SELECT DISTINCT customer_id::text FROM invoice WHERE issued_on BETWEEN ${addDays(first, -ISSUED_WITHIN_DAYS)}::date AND ${last}::date
        AND open_minor > 0 AND open_minor - held_minor = ANY(${amounts}::bigint[]) LIMIT ${MOST_FOUND})`
  return rows.map(({ customerId }) => customerId)
}

type InvoiceRow = { id: string; customerId: string; number: string; currency: string; payableMinor: bigint }

async function loadCustomers(
  ids: readonly string[],
  lines: readonly BankLine[],
): Promise<Omit<CustomerCandidate, 'confirmedCount'>[]> {
  const wanted = [...new Set(ids)]
  if (wanted.length === 0) return []
  const currencies = [...new Set(lines.map(({ amount }) => amount.currency as string))]
  const [customers, invoices] = await Promise.all([
    db.customer.findMany({ where: { id: { in: wanted } }, select: { id: true, name: true } }),
    db.$queryRaw<InvoiceRow[]>`
      SELECT i.id::text AS id, c.id::text AS "customerId", i.number, i.currency, i.open_minor - i.held_minor AS "payableMinor"
        FROM unnest(${wanted}::uuid[]) AS c(id) CROSS JOIN LATERAL (
          SELECT * FROM invoice WHERE customer_id = c.id AND open_minor > held_minor AND currency = ANY(${currencies}::text[])
           ORDER BY due_on, id LIMIT ${INVOICES_EACH}) AS i`,
  ])
  return customers.map(({ id, name }) => ({
    ...{ id: asId<'cst'>(id), name },
    invoices: invoices
      .filter(({ customerId }) => customerId === id)
      .map((row) => ({
        id: asId<'inv'>(row.id),
        number: row.number,
        payable: money(row.payableMinor, parseCurrency(row.currency)),
      })),
  }))
}

/** Payouts of these amounts that no movement is tied to yet. */
async function findPayouts(lines: readonly BankLine[]): Promise<PayoutCandidate[]> {
  const amounts = lines.map(({ amount }) => (amount.minor < 0n ? -amount.minor : amount.minor))
  const days = lines.map(({ bookedOn }) => bookedOn).toSorted()
  const [first, last] = [days[0], days.at(-1)]
  if (first === undefined || last === undefined) return []
  const rows = await db.providerPayout.findMany({
    where: {
      amountMinor: { in: amounts },
      arrivalOn: { gte: toDatabaseDate(addDays(first, -21)), lte: toDatabaseDate(addDays(last, 7)) },
      status: { not: 'canceled' },
    },
    orderBy: { arrivalOn: 'asc' },
    take: MOST_FOUND,
  })
  const tied = await db.bankLine.findMany({
    where: { matchedKind: { in: ['payout', 'payout_failure'] }, matchedId: { in: rows.map(({ id }) => id) } },
    select: { matchedKind: true, matchedId: true },
  })
  const isTied = (kind: string, id: string): boolean =>
    tied.some((each) => each.matchedKind === kind && each.matchedId === id)
  return rows
    .filter(
      ({ id, status }) =>
        !isTied(status === 'failed' && isTied('payout', id) ? 'payout_failure' : 'payout', id),
    )
    .map((row) => ({
      ...{ id: row.id, amount: money(row.amountMinor, parseCurrency(row.currency)) },
      ...{ arrivalOn: fromDatabaseDate(row.arrivalOn), hasFailed: row.status === 'failed' },
    }))
}
