import { z } from 'zod'
import type { BusinessDate } from '#app/platform/time.ts'

const minor = z.string().regex(/^-?\d+$/)
const date = z.custom<BusinessDate>((value) => typeof value === 'string')

const line = z.object({
  position: z.number(),
  description: z.string(),
  quantity: z.string(),
  unit: z.string().optional(),
  /** Minor units per unit of quantity, may have a fraction. */
  unitPriceMinor: z.string(),
  netMinor: minor,
  taxRateBps: z.number(),
})

const tax = z.object({ taxRateBps: z.number(), netMinor: minor, taxMinor: minor })

/**
 * One invoice of a file in our words, as it is staged: amounts are minor units as text. `lineNo` is its first line in
 * the file, `records` how many rows made it.
 */
export const importedInvoiceSchema = z.object({
  lineNo: z.number(),
  records: z.number(),
  customer: z.object({ number: z.string(), name: z.string().optional(), country: z.string().optional() }),
  number: z.string(),
  currency: z.string(),
  issuedOn: date,
  dueOn: date,
  poNumber: z.string().optional(),
  note: z.string().optional(),
  siteId: z.string().optional(),
  netMinor: minor,
  taxMinor: minor,
  roundingMinor: minor,
  totalMinor: minor,
  lines: z.array(line),
  taxes: z.array(tax),
  /** Day on which the whole amount was paid, when it was. */
  settledOn: date.optional(),
  isDisputed: z.boolean(),
})

export type ImportedInvoice = z.infer<typeof importedInvoiceSchema>
export type ImportedLine = z.infer<typeof line>
export type ImportedTax = z.infer<typeof tax>

/** Why a row cannot be booked; `message` says what to do. `column` is the file's own, empty for the row as a whole. */
export type RowError = { line: number; column: string; code: RowErrorCode; message: string }

export const rowErrorsSchema = z.array(
  z.object({ line: z.number(), column: z.string(), code: z.custom<RowErrorCode>(), message: z.string() }),
)

export type RowErrorCode =
  | 'COLUMN_COUNT'
  | 'VALUE_MISSING'
  | 'TEXT_TOO_LONG'
  | 'TEXT_NOT_PRINTABLE'
  | 'DATE_NOT_READABLE'
  | 'AMOUNT_NOT_READABLE'
  | 'AMOUNT_NOT_POSITIVE'
  | 'TOO_MANY_DECIMALS'
  | 'RATE_NOT_READABLE'
  | 'CURRENCY_UNKNOWN'
  | 'YES_NO_NOT_READABLE'
  | 'DUE_BEFORE_ISSUED'
  | 'SETTLED_BEFORE_ISSUED'
  | 'SETTLED_IN_FUTURE'
  | 'DISPUTE_STILL_OPEN'
  | 'DAYS_DISAGREE'
  | 'LINE_AMOUNT_DISAGREES'
  | 'NET_DISAGREES'
  | 'TAX_DISAGREES'
  | 'TOTAL_DISAGREES'
  | 'HEADER_DIFFERS'
  | 'TOO_MANY_LINES'
  | 'DUPLICATE_IN_FILE'
  | 'INVOICE_OF_OTHER_CUSTOMER'
  | 'INVOICE_ALREADY_POSTED'
  | 'CORRECTION_BELOW_PAID'
  | 'SETTLEMENT_DIFFERS'
  | 'SETTLED_AFTER_TAKEN_BACK'
  | 'MONEY_ON_ITS_WAY'
