/**
 * Invents receivables histories in the layout of the shipped profile `receivables-history`. The totals are chosen
 * first and the rows are made to meet them, so that a test knows them without reading the file.
 */
import { addDays, type BusinessDate, daysBetween, parseBusinessDate } from '#app/platform/time.ts'
import { type Random, seededRandom } from '#scripts/seeded-random.ts'

/** A number of invoices and their sum in cents. */
export type Part = { count: number; minor: bigint }

export type Shape = {
  customers: number
  /** The day of the aging; `notDue` and `late` are the invoices that are open at its end. */
  asOf: BusinessDate
  notDue: Part
  /** Due 1 to 30 days before. */
  late: Part
  /** Settled by that day, or issued after it. */
  others: Part
  disputed: number
}

/** 2,466 invoices of 100 customers for 147,703.18, of which 99 for 5,725.06 are open on 31 December 2012. */
export const EXAMPLE_SHAPE: Shape = {
  customers: 100,
  asOf: parseBusinessDate('2012-12-31'),
  notDue: { count: 86, minor: 493_632n },
  late: { count: 13, minor: 78_874n },
  others: { count: 2_367, minor: 14_197_812n },
  disputed: 561,
}

export type GeneratedInvoice = {
  customer: string
  number: string
  issuedOn: BusinessDate
  dueOn: BusinessDate
  settledOn: BusinessDate
  amountMinor: bigint
  isDisputed: boolean
}

export type Receivables = { invoices: GeneratedInvoice[]; totalMinor: bigint; csv: string }

const HEADER =
  'countryCode,customerID,PaperlessDate,invoiceNumber,InvoiceDate,DueDate,InvoiceAmount,Disputed,SettledDate,PaperlessBill,DaysToSettle,DaysLate'
const TERM_DAYS = 30

/** A file of the shape; every seed gives another one with the same totals. */
export function generateReceivables(seed: number, shape: Shape = EXAMPLE_SHAPE): Receivables {
  const random = seededRandom(seed)
  const customers = namesOf(shape.customers, random)
  const { asOf } = shape
  const openDates = (from: number, to: number) => (): Dates => {
    const issuedOn = addDays(asOf, random.between(from, to))
    return { issuedOn, settledOn: addDays(asOf, random.between(1, 45)) }
  }
  const drafts = [
    ...amountsOf(shape.notDue, random).map((minor) => ({ minor, ...openDates(-TERM_DAYS, 0)() })),
    ...amountsOf(shape.late, random).map((minor) => ({
      minor,
      ...openDates(-2 * TERM_DAYS, -TERM_DAYS - 1)(),
    })),
    ...amountsOf(shape.others, random).map((minor) => ({ minor, ...closedDates(asOf, random) })),
  ]
  const invoices = shuffle(drafts, random).map(({ minor, issuedOn, settledOn }, index) => ({
    customer: customers[index % customers.length] ?? '',
    number: String(10_000 + index * 37).padStart(10, '0'),
    issuedOn,
    dueOn: addDays(issuedOn, TERM_DAYS),
    settledOn,
    amountMinor: minor,
    isDisputed: index < shape.disputed,
  }))
  const totalMinor = shape.notDue.minor + shape.late.minor + shape.others.minor
  return { invoices, totalMinor, csv: toCsv(invoices) }
}

/** The file of given invoices: US dates, CRLF, amounts without needless zeros. */
export function toCsv(invoices: readonly GeneratedInvoice[]): string {
  return [HEADER, ...invoices.map(toRow), ''].join('\r\n')
}

function toRow(invoice: GeneratedInvoice): string {
  const { customer, number, issuedOn, dueOn, settledOn, amountMinor, isDisputed } = invoice
  return [
    '391',
    customer,
    usDate(addDays(issuedOn, -90)),
    number,
    usDate(issuedOn),
    usDate(dueOn),
    String(Number(amountMinor) / 100),
    isDisputed ? 'Yes' : 'No',
    usDate(settledOn),
    'Paper',
    daysBetween(issuedOn, settledOn),
    Math.max(0, daysBetween(dueOn, settledOn)),
  ].join(',')
}

type Dates = { issuedOn: BusinessDate; settledOn: BusinessDate }

function closedDates(asOf: BusinessDate, random: Random): Dates {
  const age = random.between(-330, 360)
  const issuedOn = addDays(asOf, -age)
  return { issuedOn, settledOn: addDays(issuedOn, random.between(0, age < 0 ? 75 : Math.min(75, age))) }
}

/** Amounts that sum to the part: equal ones, then random pairs move cents from one to the other. */
function amountsOf({ count, minor }: Part, random: Random): bigint[] {
  const amounts = Array.from({ length: count }, (_, index) => {
    const share = minor / BigInt(count)
    return index < Number(minor % BigInt(count)) ? share + 1n : share
  })
  for (let step = 0; step < 2 * count; step += 1) {
    const from = random.between(0, count - 1)
    const to = random.between(0, count - 1)
    const moved = BigInt(random.between(0, Number((amounts[from] ?? 0n) / 3n)))
    amounts[from] = (amounts[from] ?? 0n) - moved
    amounts[to] = (amounts[to] ?? 0n) + moved
  }
  return amounts
}

function namesOf(count: number, random: Random): string[] {
  const letters = 'ABCDEFGHJKLMNPQRSTUVWXYZ'
  return Array.from({ length: count }, (_, index) => {
    const tail = Array.from({ length: 5 }, () => letters[random.between(0, letters.length - 1)]).join('')
    return `${String(index * 71 + 13).padStart(4, '0')}-${tail}`
  })
}

function shuffle<T>(items: readonly T[], random: Random): T[] {
  const shuffled = [...items]
  for (let index = shuffled.length - 1; index > 0; index -= 1) {
    const other = random.between(0, index)
    const [a, b] = [shuffled[index] as T, shuffled[other] as T]
    shuffled[index] = b
    shuffled[other] = a
  }
  return shuffled
}

function usDate(date: BusinessDate): string {
  const [year, month, day] = date.split('-').map(Number)
  return `${month}/${day}/${year}`
}
