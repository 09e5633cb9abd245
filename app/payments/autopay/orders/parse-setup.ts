/** Reads the form by which autopay is set up. What was typed stays as it was typed until all of it can be read. */
import { decodeId } from '#app/books/ids.ts'
import { type CurrencyCode, findCurrency } from '#app/money/currencies.ts'
import { parseAmount } from '#app/money/parse.ts'
import { type AutopayScope, type AutopayTerms, MAX_DAYS_BEFORE } from '#app/payments/autopay/orders/order.ts'

/** Names of the form's fields, which are also the ids of their controls. */
export const SETUP_FIELDS = {
  currency: 'currency',
  method: 'method',
  scope: 'scope',
  site: 'site',
  poPrefix: 'po',
  upTo: 'up-to',
  days: 'days',
  limit: 'limit',
  agreed: 'agreed',
  textHash: 'text',
  intent: 'intent',
} as const

/** Values of the intent field: show the text, go back to the form, agree to the text. */
export const READ_INTENT = 'read'
export const EDIT_INTENT = 'edit'
export const AGREE_INTENT = 'agree'

const CHOICES = ['currency', 'method', 'scope', 'site', 'poPrefix', 'upTo', 'days', 'limit'] as const

/** What was typed, by field, to be shown again. */
export type TypedSetup = Readonly<Record<(typeof CHOICES)[number], string>>

export type SetupProblem = { readonly fieldId: string; readonly message: string }

export type ParsedSetup =
  | { readonly ok: true; readonly terms: AutopayTerms }
  | { readonly ok: false; readonly problems: readonly SetupProblem[] }

const LONGEST = 80

/** The form's choices as text. */
export function typedSetup(form: FormData): TypedSetup {
  const text = (field: string): string => {
    const value = form.get(field)
    return typeof value === 'string' ? value.trim().slice(0, LONGEST) : ''
  }
  return Object.fromEntries(CHOICES.map((name) => [name, text(SETUP_FIELDS[name])])) as TypedSetup
}

/** The terms in what was typed, or every problem with it. */
export function parseSetup(typed: TypedSetup): ParsedSetup {
  const problems: SetupProblem[] = []
  const report = (field: keyof TypedSetup, message: string): null => {
    problems.push({ fieldId: SETUP_FIELDS[field], message })
    return null
  }
  const currency = findCurrency(typed.currency) ?? report('currency', 'Choose a currency.')
  const methodId = decodeId('met', typed.method) ?? report('method', 'Choose the card or account to pay by.')
  const daysBefore =
    readDays(typed.days) ?? report('days', `Enter a number of days from 0 to ${MAX_DAYS_BEFORE}.`)
  const limitMinor =
    currency === null
      ? null
      : (readPositive(typed.limit, currency) ??
        report('limit', 'Enter the most that one debit may be, such as 5000.00.'))
  const scope = readScope(typed, currency, report)
  if (currency === null || methodId === null || daysBefore === null || limitMinor === null || scope === null)
    return { ok: false, problems }
  return { ok: true, terms: { currency, methodId, daysBefore, limitMinor, scope } }
}

function readScope(
  typed: TypedSetup,
  currency: CurrencyCode | null,
  report: (field: keyof TypedSetup, message: string) => null,
): AutopayScope | null {
  const isDescribed = typed.site !== '' || typed.poPrefix !== '' || typed.upTo !== ''
  if (typed.scope === 'all' && isDescribed)
    return report(
      'scope',
      'You chose every invoice and described some. Choose one, or empty the description.',
    )
  if (typed.scope === 'all') return { kind: 'all' }
  if (typed.scope !== 'filter') return report('scope', 'Choose which invoices autopay pays.')
  const siteId = typed.site || null
  const poPrefix = typed.poPrefix || null
  if (!isDescribed)
    return report(
      'scope',
      'Say which invoices: a branch, the beginning of an order number, or a highest amount.',
    )
  if (typed.upTo === '') return { kind: 'filter', siteId, poPrefix, upToMinor: null }
  const upToMinor = currency === null ? null : readPositive(typed.upTo, currency)
  if (upToMinor === null)
    return report('upTo', 'Enter the highest amount of an invoice, such as 1000.00, or leave it empty.')
  return { kind: 'filter', siteId, poPrefix, upToMinor }
}

function readDays(text: string): number | null {
  const days = /^\d{1,3}$/.test(text) ? Number(text) : null
  return days !== null && days <= MAX_DAYS_BEFORE ? days : null
}

function readPositive(text: string, currency: CurrencyCode): bigint | null {
  const parsed = parseAmount(text, currency)
  return parsed.ok && parsed.amount.minor > 0n ? parsed.amount.minor : null
}
