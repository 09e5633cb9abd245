import {
  type Decimal,
  hasControlCharacters,
  readDate,
  readDecimal,
  readRateBps,
  readYesNo,
  toMinor,
} from '#app/imports/cells.ts'
import type { RowError, RowErrorCode } from '#app/imports/imported-invoice.ts'
import { cellOf, columnOf, type FileRecord, type Layout } from '#app/imports/layout.ts'
import { DATE_FORMATS, type Field } from '#app/imports/profile.ts'
import { type CurrencyCode, currencyExponent, findCurrency } from '#app/money/currencies.ts'
import type { BusinessDate } from '#app/platform/time.ts'

/** Reads the fields of one record; what cannot be read is undefined and leaves an error in `errors`. */
export type RowReader = {
  text: (field: Field, maxLength: number) => string | undefined
  required: (field: Field, maxLength: number) => string | undefined
  date: (field: Field) => BusinessDate | undefined
  currency: (field: Field) => CurrencyCode | undefined
  amount: (field: Field, currency: CurrencyCode | undefined) => bigint | undefined
  decimal: (field: Field) => Decimal | undefined
  rateBps: (field: Field) => number | undefined
  yesNo: (field: Field) => boolean
  isFilled: (field: Field) => boolean
  refuse: (field: Field | null, code: RowErrorCode, message: string) => undefined
}

/** A reader of one record that adds its errors to `errors`. */
export function readerOf(layout: Layout, record: FileRecord, errors: RowError[]): RowReader {
  const { decimal: sign, dateFormat: defaultFormat } = layout.profile
  const cell = (field: Field): string => cellOf(layout, record, field)
  const refuse = (field: Field | null, code: RowErrorCode, message: string): undefined => {
    errors.push({ line: record.line, column: field === null ? '' : columnOf(layout, field), code, message })
  }

  function text(field: Field, maxLength: number): string | undefined {
    const value = cell(field)
    if (value === '') return undefined
    if (value.length > maxLength)
      return refuse(field, 'TEXT_TOO_LONG', `${value.length} characters; shorten it to at most ${maxLength}.`)
    if (hasControlCharacters(value))
      return refuse(
        field,
        'TEXT_NOT_PRINTABLE',
        'Holds a control character. Remove it and type the text again.',
      )
    return value
  }

  function required(field: Field, maxLength: number): string | undefined {
    if (cell(field) === '') return refuse(field, 'VALUE_MISSING', 'Is empty. Fill it in.')
    return text(field, maxLength)
  }

  function date(field: Field): BusinessDate | undefined {
    const value = cell(field)
    if (value === '') return undefined
    const format = layout.places.get(field)?.dateFormat ?? defaultFormat
    return (
      readDate(value, format) ??
      refuse(
        field,
        'DATE_NOT_READABLE',
        `${shown(value)} is not a day of the calendar written ${format}, such as ${DATE_FORMATS[format]}. Correct it, or choose the date format of the file.`,
      )
    )
  }

  function currency(field: Field): CurrencyCode | undefined {
    const value = cell(field)
    if (value === '') return refuse(field, 'VALUE_MISSING', 'Is empty. Fill in a currency such as USD.')
    return (
      findCurrency(value) ??
      refuse(
        field,
        'CURRENCY_UNKNOWN',
        `${shown(value)} is not an ISO 4217 currency. Write a code such as USD.`,
      )
    )
  }

  function decimal(field: Field): Decimal | undefined {
    const value = cell(field)
    if (value === '') return undefined
    return (
      readDecimal(value, sign) ??
      refuse(
        field,
        'AMOUNT_NOT_READABLE',
        `${shown(value)} is not a number with "${sign}" before its decimals, such as 1240${sign}50. Correct it.`,
      )
    )
  }

  function amount(field: Field, of: CurrencyCode | undefined): bigint | undefined {
    const value = decimal(field)
    if (value === undefined || of === undefined) return undefined
    const digits = currencyExponent(of)
    return (
      toMinor(value, digits) ??
      refuse(
        field,
        'TOO_MANY_DECIMALS',
        `${of} has ${digits} decimals; ${shown(cell(field))} has more. Round it.`,
      )
    )
  }

  function rateBps(field: Field): number | undefined {
    const value = cell(field)
    if (value === '') return undefined
    return (
      readRateBps(value, sign) ??
      refuse(
        field,
        'RATE_NOT_READABLE',
        `${shown(value)} is not a tax rate from 0 to 100 percent, such as 8${sign}25.`,
      )
    )
  }

  function yesNo(field: Field): boolean {
    const answer = readYesNo(cell(field))
    if (answer === null)
      refuse(field, 'YES_NO_NOT_READABLE', `${shown(cell(field))} is neither Yes nor No. Write one of them.`)
    return answer ?? false
  }

  return {
    text,
    required,
    date,
    currency,
    amount,
    decimal,
    rateBps,
    yesNo,
    isFilled: (field) => cell(field) !== '',
    refuse,
  }
}

/** A cell in a message: cut, so that a message stays one line. */
function shown(value: string): string {
  return `"${value.length > 40 ? `${value.slice(0, 40)}…` : value}"`
}
