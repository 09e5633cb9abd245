/**
 * Twenty-four months of trade, invented by a seeded random source and dated back from `today`: what was invoiced, paid
 * and credited, in plain values. Nothing here touches the database.
 */

import type { ImportedLine } from '#app/imports/imported-invoice.ts'
import { amountsOfLines, type InvoiceAmounts } from '#app/imports/invoice-amounts.ts'
import { addDays, addMonths, type BusinessDate, daysBetween } from '#app/platform/time.ts'
import { type Random, seededRandom } from '#scripts/seeded-random.ts'
import { ARTICLES, type Article, FREIGHT } from './catalogue.ts'
import { CUSTOMERS, type DemoCustomer } from './supplier.ts'

const MONTHS = 24

/** So long ago the newest invoice of a customer with a discount for paying early was issued: there is time left to earn it. */
const NEWEST_DAYS = 2

export type StoryInvoice = InvoiceAmounts & {
  customer: DemoCustomer
  number: string
  currency: string
  issuedOn: BusinessDate
  dueOn: BusinessDate
  poNumber?: string
  lines: ImportedLine[]
}

export type StoryPayment = {
  customer: DemoCustomer
  currency: string
  method: 'card' | 'us_bank_account' | 'imported'
  settledOn: BusinessDate
  /** More than the items when the customer paid too much. */
  amountMinor: bigint
  items: { number: string; amountMinor: bigint }[]
}

export type StoryCredit = {
  customer: DemoCustomer
  number: string
  currency: string
  issuedOn: BusinessDate
  reason: string
  netMinor: bigint
  taxMinor: bigint
  /** Null while it waits to be used. */
  appliesTo: { number: string; amountMinor: bigint; on: BusinessDate } | null
}

export type Story = { invoices: StoryInvoice[]; payments: StoryPayment[]; credits: StoryCredit[] }

/** The story that ends today. The same seed and day give the same story. */
export function tellStory(today: BusinessDate, seed = 20_261): Story {
  const random = seededRandom(seed)
  const invoices = CUSTOMERS.flatMap((customer) => invoicesOf(customer, today, random))
    .sort((a, b) => (a.issuedOn < b.issuedOn ? -1 : a.issuedOn > b.issuedOn ? 1 : 0))
    .map((invoice, index) => ({ ...invoice, number: `INV-${String(20_001 + index)}` }))
  const credits = creditsOf(invoices, today, random)
  const payments = CUSTOMERS.flatMap((customer) =>
    paymentsOf(
      customer,
      invoices.filter((invoice) => invoice.customer === customer),
      credits,
      today,
      random,
    ),
  )
  return { invoices, payments, credits }
}

function invoicesOf(
  customer: DemoCustomer,
  today: BusinessDate,
  random: Random,
): Omit<StoryInvoice, 'number'>[] {
  const invoices: Omit<StoryInvoice, 'number'>[] = []
  for (let month = -MONTHS; month < 0; month += 1) {
    const start = addDays(addMonths(today, month), 1)
    const length = daysBetween(start, addMonths(today, month + 1))
    for (let count = random.between(...customer.invoicesPerMonth); count > 0; count -= 1) {
      const drawnOn = addDays(start, random.between(0, length))
      const isNewest = customer.earlyPayment !== undefined && month === -1 && count === 1
      const issuedOn = isNewest ? addDays(today, -NEWEST_DAYS) : drawnOn
      const isSecond = customer.secondCurrency !== undefined && random.between(1, 4) === 1
      invoices.push({
        customer,
        currency: isSecond ? (customer.secondCurrency ?? customer.currency) : customer.currency,
        issuedOn,
        dueOn: addDays(issuedOn, customer.termDays),
        ...(random.between(1, 10) > 2 ? { poNumber: `PO-${random.between(40_000, 89_999)}` } : {}),
        ...documentOf(customer, random),
      })
    }
  }
  return invoices
}

function documentOf(customer: DemoCustomer, random: Random): InvoiceAmounts & { lines: ImportedLine[] } {
  const articles = new Set<Article>()
  for (let count = random.between(1, 5); count > 0; count -= 1) articles.add(random.pick(ARTICLES))
  if (random.between(1, 3) === 1) articles.add(FREIGHT)
  const lines = [...articles].map((article, index) => lineOf(article, index + 1, customer.isTaxed, random))
  const amounts = amountsOfLines(
    lines.map(({ netMinor, taxRateBps }) => ({ netMinor: BigInt(netMinor), taxRateBps })),
    {},
  )
  if (!amounts.ok) throw new Error('nothing was stated that could disagree')
  const { netMinor, taxMinor, roundingMinor, totalMinor, taxes } = amounts
  return { netMinor, taxMinor, roundingMinor, totalMinor, taxes, lines }
}

function lineOf(article: Article, position: number, isTaxed: boolean, random: Random): ImportedLine {
  const quantity = random.pick(article.packs)
  return {
    position,
    description: article.description,
    quantity: String(quantity),
    unit: article.unit,
    unitPriceMinor: article.priceMinor.toString(),
    netMinor: (article.priceMinor * BigInt(quantity)).toString(),
    taxRateBps: isTaxed ? article.taxRateBps : 0,
  }
}

const CREDIT_REASONS = [
  'Cartons crushed in transit',
  'Short delivery, two bundles missing',
  'Returned unopened',
  'Price agreed in the yearly contract',
  'Labels printed in the wrong size',
] as const

/** About one credit for thirty invoices; two in three are applied to the invoice they are about, the last ones wait. */
function creditsOf(invoices: readonly StoryInvoice[], today: BusinessDate, random: Random): StoryCredit[] {
  const credits: StoryCredit[] = []
  for (const invoice of invoices) {
    if (random.between(1, 30) !== 1) continue
    const line = invoice.lines[0]
    const tax = invoice.taxes.find(({ taxRateBps }) => taxRateBps === line?.taxRateBps)
    if (line === undefined || tax === undefined) continue
    const netMinor = BigInt(line.netMinor) / 4n
    const taxMinor = (netMinor * BigInt(line.taxRateBps)) / 10_000n
    const issuedOn = addDays(invoice.issuedOn, random.between(3, 9))
    if (netMinor === 0n || issuedOn > today) continue
    const isApplied = random.between(1, 3) > 1
    credits.push({
      customer: invoice.customer,
      number: `CM-${String(7_001 + credits.length)}`,
      currency: invoice.currency,
      issuedOn,
      reason: random.pick(CREDIT_REASONS),
      netMinor,
      taxMinor,
      appliesTo: isApplied
        ? { number: invoice.number, amountMinor: netMinor + taxMinor, on: issuedOn }
        : null,
    })
  }
  return credits
}

function paymentsOf(
  customer: DemoCustomer,
  invoices: readonly StoryInvoice[],
  credits: readonly StoryCredit[],
  today: BusinessDate,
  random: Random,
): StoryPayment[] {
  const { habit } = customer
  const applied = new Map<string, bigint>()
  for (const { appliesTo } of credits)
    if (appliesTo !== null) applied.set(appliesTo.number, appliesTo.amountMinor)
  const unpaid = habit.leavesUnpaid ? oneOfEachAge(invoices, today) : new Set<string>()
  const payments = new Map<string, StoryPayment>()
  for (const invoice of invoices) {
    const owedMinor = invoice.totalMinor - (applied.get(invoice.number) ?? 0n)
    const delay = random.between(...habit.daysAfterDue)
    const isSplit = habit.splitsOneIn > 0 && random.between(1, habit.splitsOneIn) === 1
    if (unpaid.has(invoice.number)) continue
    const parts = isSplit ? [owedMinor / 2n, owedMinor - owedMinor / 2n] : [owedMinor]
    parts.forEach((amountMinor, part) => {
      const paidOn = payDay(invoice, habit.inBulk, delay + part * 18)
      if (paidOn > today) return
      addItem(payments, customer, invoice, paidOn, amountMinor, habit.inBulk, random)
    })
  }
  return withOverpayment([...payments.values()], customer)
}

const AGES = [
  [31, 60],
  [61, 90],
  [91, 120],
  [121, 150],
] as const

function oneOfEachAge(invoices: readonly StoryInvoice[], today: BusinessDate): Set<string> {
  const ofAge = ([from, to]: readonly [number, number]) =>
    invoices.find(({ dueOn }) => daysBetween(dueOn, today) >= from && daysBetween(dueOn, today) <= to)
  return new Set(AGES.flatMap((age) => ofAge(age)?.number ?? []))
}

/** Those who pay in bulk do it on the tenth or the twenty-fifth after the due date. */
function payDay(invoice: StoryInvoice, inBulk: boolean, delay: number): BusinessDate {
  const day = addDays(invoice.dueOn, delay)
  const earliest = day < invoice.issuedOn ? invoice.issuedOn : day
  if (!inBulk) return earliest
  for (let candidate = earliest; ; candidate = addDays(candidate, 1))
    if (candidate.endsWith('-10') || candidate.endsWith('-25')) return candidate
}

function addItem(
  payments: Map<string, StoryPayment>,
  customer: DemoCustomer,
  invoice: StoryInvoice,
  settledOn: BusinessDate,
  amountMinor: bigint,
  inBulk: boolean,
  random: Random,
): void {
  const key = inBulk ? `${settledOn} ${invoice.currency}` : `${invoice.number} ${settledOn}`
  const method = random.pick(['card', 'card', 'us_bank_account', 'imported'] as const)
  const payment = payments.get(key) ?? {
    customer,
    currency: invoice.currency,
    method: invoice.currency === 'USD' ? method : 'imported',
    settledOn,
    amountMinor: 0n,
    items: [],
  }
  payment.items.push({ number: invoice.number, amountMinor })
  payment.amountMinor += amountMinor
  payments.set(key, payment)
}

/** One customer once paid a round sum: the rest waits as unapplied credit. */
function withOverpayment(payments: readonly StoryPayment[], customer: DemoCustomer): StoryPayment[] {
  const chosen = customer.number === 'C-1004' ? payments.at(-3) : undefined
  return payments.map((payment) =>
    payment === chosen
      ? { ...payment, amountMinor: (payment.amountMinor / 10_000n + 1n) * 10_000n }
      : payment,
  )
}
