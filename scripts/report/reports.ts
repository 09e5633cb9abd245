import { decodeId } from '#app/books/ids.ts'
import { getSupplier, readingOf } from '#app/parties/supplier.server.ts'
import { readNow } from '#app/platform/clock.server.ts'
import { db } from '#app/platform/db.server.ts'
import type { Customer } from '#app/platform/generated/client.ts'
import { activityStatements } from '#app/statements/activity-statement.server.ts'
import { agingByCustomer, agingReports } from '#app/statements/open-items.server.ts'
import { parseAsOf, parsePeriod } from '#app/statements/period.ts'
import type {
  ActivityStatement,
  AgingReport,
  AgingSumView,
  CustomerAging,
} from '#app/statements/statement-view.ts'
import { textTable } from '#scripts/report/text-table.ts'

/** Aging of all customers at the end of a day, as text or JSON. Throws with a sentence when the day cannot be read. */
export async function agingText(options: { asOf: string | undefined; json: boolean }): Promise<string> {
  const now = await readNow()
  const { today, locale } = readingOf(await getSupplier(), now)
  const { asOf, problems } = parseAsOf(asParams({ 'as-of': options.asOf }), today)
  refuseProblems(problems)
  const query = { asOf, knownAt: now, locale }
  const [totals, customers] = await Promise.all([agingReports({ all: true }, query), agingByCustomer(query)])
  if (options.json) return `${JSON.stringify({ asOf, knownAt: now, totals, customers }, null, 2)}\n`
  if (totals.length === 0) return `Nothing was open at the end of ${asOf}.\n`
  return totals.map((total) => agingOfCurrency(total, customers)).join('\n')
}

function agingOfCurrency(total: AgingReport, customers: readonly CustomerAging[]): string {
  const ofCurrency = customers.filter((each) => each.currency === total.currency)
  const line = (name: string, sum: AgingSumView): string[] => [
    name,
    String(sum.count),
    sum.disputed.text,
    sum.onPlan.text,
    sum.open.text,
  ]
  const buckets = textTable(
    ['Age', 'Invoices', 'Disputed', 'On plan', `Open, ${total.currency}`],
    [...total.buckets.map((bucket) => line(bucket.name, bucket)), line('All open', total.total)],
  )
  const perCustomer = textTable(
    ['Customer', 'Invoices', ...total.buckets.map((bucket) => bucket.name), 'All open'],
    ofCurrency.map((each) => [
      each.customer.number,
      String(each.total.count),
      ...each.buckets.map((bucket) => bucket.open.text),
      each.total.open.text,
    ]),
  )
  return `Open at the end of ${total.asOf.date}, in ${total.currency}\n\n${buckets}\n${perCustomer}`
}

/** The statement of one customer over a period, as text or JSON. Throws with a sentence when it cannot be read or found. */
export async function statementText(
  customerText: string,
  options: { from: string | undefined; to: string | undefined; json: boolean },
): Promise<string> {
  const customer = await findCustomer(customerText)
  const now = await readNow()
  const { today, locale } = readingOf(await getSupplier(), now)
  const { from, to, problems } = parsePeriod(asParams({ from: options.from, to: options.to }), today)
  refuseProblems(problems)
  const statements = await activityStatements({ customerId: customer.id, from, to, knownAt: now, locale })
  const { number, name } = customer
  if (options.json)
    return `${JSON.stringify({ customer: { number, name }, from, to, knownAt: now, statements }, null, 2)}\n`
  const head = `${name}, account ${number}, ${from} to ${to}\n`
  if (statements.length === 0) return `${head}\nNothing has happened on this account.\n`
  return `${head}\n${statements.map(statementOfCurrency).join('\n')}`
}

function statementOfCurrency(statement: ActivityStatement): string {
  const { from, to, opening, closing, totalDebit, totalCredit } = statement
  const rows = statement.rows.map((row) => [
    row.on.date,
    row.note === null ? row.what : `${row.what}, ${row.note}`,
    row.debit?.text ?? '',
    row.credit?.text ?? '',
    row.balance.text,
  ])
  return textTable(
    ['Date', 'Entry', 'Owed more', 'Owed less', `Balance, ${statement.currency}`],
    [
      [from.date, 'Opening balance', '', '', opening.text],
      ...rows,
      [to.date, 'Closing balance', totalDebit.text, totalCredit.text, closing.text],
    ],
    2,
  )
}

async function findCustomer(text: string): Promise<Customer> {
  const id = decodeId('cst', text)
  const found = await db.customer.findMany({
    where: id === null ? { OR: [{ number: text }, { externalId: text }] } : { id },
    orderBy: { number: 'asc' },
    take: 3,
  })
  const named = found.find((each) => each.number === text) ?? found[0]
  if (named === undefined) throw new Error(`There is no customer ${text}.`)
  if (found.length > 1 && named.number !== text)
    throw new Error(`More than one customer came with the key ${text}: use the account number.`)
  return named
}

function asParams(values: Record<string, string | undefined>): URLSearchParams {
  const given = Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return new URLSearchParams(given)
}

function refuseProblems(problems: readonly { message: string }[]): void {
  if (problems.length > 0) throw new Error(problems.map(({ message }) => message).join('\n'))
}
