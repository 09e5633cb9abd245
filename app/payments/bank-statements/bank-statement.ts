/**
 * A bank statement as a file gives it, whatever its format: movements of one account in the order of the file. Amounts are exact
 * minor units, credits positive. A file that does not add up is refused whole, so that nothing of it is believed.
 */
import type { CurrencyCode } from '#app/money/currencies.ts'
import { formatMoney } from '#app/money/format.ts'
import { type Money, money } from '#app/money/money.ts'
import type { BusinessDate } from '#app/platform/time.ts'

export type StatementFormat = 'csv' | 'bai2' | 'camt053'

export type StatementLine = {
  readonly bookedOn: BusinessDate
  readonly valueOn: BusinessDate | null
  readonly amount: Money
  readonly counterparty: string | null
  readonly reference: string | null
  readonly description: string | null
}

export type AccountStatement = {
  readonly format: StatementFormat
  /** The account as the file names it; only its last four digits are kept. */
  readonly account: string
  readonly currency: CurrencyCode
  readonly fromOn: BusinessDate | null
  readonly toOn: BusinessDate | null
  readonly opening: Money | null
  readonly closing: Money | null
  readonly lines: readonly StatementLine[]
}

export type ReadStatements =
  | { readonly ok: true; readonly statements: readonly AccountStatement[] }
  | { readonly ok: false; readonly problem: string }

/** Ends the reading of a file that cannot be read; the message is a sentence for the person who chose it. */
export class StatementUnreadable extends Error {
  override readonly name = 'StatementUnreadable'
}

export const MOST_LINES = 50_000
const LONGEST_TEXT = 1_000

/** Refuses a statement whose balances its lines do not explain. */
export function requireBalance(statement: AccountStatement): AccountStatement {
  const { opening, closing, lines, currency } = statement
  if (lines.length > MOST_LINES)
    throw new StatementUnreadable(`The file has more than ${MOST_LINES} movements. Import it in parts.`)
  if (opening === null || closing === null) return statement
  const computed = lines.reduce((sum, line) => sum + line.amount.minor, opening.minor)
  if (computed === closing.minor) return statement
  throw new StatementUnreadable(
    `The file does not add up: ${formatMoney(opening)} at the start and its movements make ${formatMoney(money(computed, currency))}, but it says ${formatMoney(closing)} at the end. Nothing was imported. Ask the bank for the file again.`,
  )
}

/**
 * Statements of one account, day after day, as one: the first opening, the last closing. Each must add up by itself; where days
 * are missing in between there is no balance for the whole.
 */
export function joinStatements(parts: readonly AccountStatement[]): AccountStatement[] {
  const accounts = Map.groupBy(parts.map(requireBalance), (part) => `${part.account} ${part.currency}`)
  return [...accounts.values()].map((ofAccount) => ofAccount.reduce(joined))
}

function joined(first: AccountStatement, second: AccountStatement): AccountStatement {
  const follows = first.closing !== null && first.closing.minor === second.opening?.minor
  return {
    ...first,
    fromOn: earlier(first.fromOn, second.fromOn),
    toOn: later(first.toOn, second.toOn),
    opening: follows ? first.opening : null,
    closing: follows ? second.closing : null,
    lines: [...first.lines, ...second.lines],
  }
}

function earlier(a: BusinessDate | null, b: BusinessDate | null): BusinessDate | null {
  return a === null || (b !== null && b < a) ? b : a
}

function later(a: BusinessDate | null, b: BusinessDate | null): BusinessDate | null {
  return a === null || (b !== null && b > a) ? b : a
}

/** A text of the file in one line, without control characters; null when it holds nothing. */
export function tidyText(text: string | null | undefined): string | null {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the purpose.
  const tidy = (text ?? '').replace(/[\s\u0000-\u001f\u007f]+/g, ' ').trim()
  return tidy === '' ? null : tidy.slice(0, LONGEST_TEXT)
}

/** The last four letters or digits of an account, as pages show it. */
export function lastFour(account: string): string | null {
  const plain = account.replace(/[^0-9A-Za-z]/g, '')
  return plain === '' ? null : plain.slice(-4)
}

/** First and last day of the lines. */
export function daysOf(lines: readonly StatementLine[]): {
  fromOn: BusinessDate | null
  toOn: BusinessDate | null
} {
  const days = lines.map((line) => line.bookedOn).toSorted()
  return { fromOn: days[0] ?? null, toOn: days.at(-1) ?? null }
}
