/**
 * A profile says how one file layout maps to our words: which column holds which field, what is constant, how dates
 * and numbers are written, and what a row's columns must agree on.
 */
import { z } from 'zod'

/** Every field that a file can give, in the order in which forms list them. */
export const FIELDS = [
  'customerNumber',
  'customerName',
  'customerCountry',
  'invoiceNumber',
  'issuedOn',
  'dueOn',
  'currency',
  'total',
  'net',
  'tax',
  'taxRate',
  'poNumber',
  'note',
  'siteId',
  'lineDescription',
  'lineQuantity',
  'lineUnit',
  'lineUnitPrice',
  'lineNet',
  'lineTaxRate',
  'settledOn',
  'isDisputed',
] as const

export type Field = (typeof FIELDS)[number]

/** Fields without which no invoice can be booked; a line-per-row layout may leave out `total`. */
export const REQUIRED_FIELDS = ['customerNumber', 'invoiceNumber', 'issuedOn', 'dueOn', 'currency'] as const

/** Fields that belong to a line; all others belong to the invoice and must be equal on each of its rows. */
export const LINE_FIELDS: readonly Field[] = [
  'lineDescription',
  'lineQuantity',
  'lineUnit',
  'lineUnitPrice',
  'lineNet',
  'lineTaxRate',
]

/** How dates may be written; the words are those that forms show. */
export const DATE_FORMATS = {
  'YYYY-MM-DD': '2026-12-31',
  'M/D/YYYY': '12/31/2026',
  'D/M/YYYY': '31/12/2026',
  'D.M.YYYY': '31.12.2026',
  YYYYMMDD: '20261231',
} as const

export type DateFormat = keyof typeof DATE_FORMATS

const dateFormat = z.enum(Object.keys(DATE_FORMATS) as [DateFormat, ...DateFormat[]])
const columnName = z.string().trim().min(1).max(120)

const fieldSource = z.union([
  z.strictObject({
    column: columnName,
    /** Only for dates; the profile's own format otherwise. */
    dateFormat: dateFormat.optional(),
    /** What to do with the text before it is read. */
    transform: z.enum(['upperCase', 'digitsOnly']).optional(),
    /** For columns that the file may lack. */
    optional: z.boolean().optional(),
  }),
  z.strictObject({ constant: z.string().trim().min(1).max(200) }),
])

/** A column that must equal the days from one date field to another; with `atLeastZero`, earlier counts as 0. */
const daysCheck = z.strictObject({
  column: columnName,
  from: z.enum(['issuedOn', 'dueOn', 'settledOn']),
  to: z.enum(['issuedOn', 'dueOn', 'settledOn']),
  atLeastZero: z.boolean().default(false),
})

export const profileSchema = z
  .strictObject({
    /** One sentence for the list of profiles. */
    title: z.string().trim().min(1).max(200),
    kind: z.literal('invoices'),
    layout: z.enum(['invoice-per-row', 'line-per-row']),
    /** Where the records come from, when the caller does not say: half of the key (source, external number). */
    source: z
      .string()
      .trim()
      .regex(/^[a-z0-9][a-z0-9._-]{0,39}$/, 'small letters, digits, dot, dash and underscore, at most 40'),
    delimiter: z.enum(['auto', ',', ';', '\t', '|']).default('auto'),
    encoding: z.enum(['utf-8', 'latin1']).default('utf-8'),
    dateFormat: dateFormat.default('YYYY-MM-DD'),
    /** The sign before the decimals. */
    decimal: z.enum(['.', ',']).default('.'),
    fields: z.partialRecord(z.enum(FIELDS), fieldSource),
    checks: z.array(daysCheck).max(10).default([]),
  })
  .superRefine((profile, context) => {
    const needed: readonly Field[] =
      profile.layout === 'invoice-per-row' ? [...REQUIRED_FIELDS, 'total'] : REQUIRED_FIELDS
    for (const field of needed)
      if (profile.fields[field] === undefined)
        context.addIssue({ code: 'custom', path: ['fields', field], message: `${field} is not mapped` })
    if (profile.layout === 'line-per-row' && !profile.fields.lineNet && !profile.fields.lineUnitPrice)
      context.addIssue({
        code: 'custom',
        path: ['fields', 'lineNet'],
        message: 'lineNet or lineUnitPrice is not mapped',
      })
  })

/** A mapping that passed the schema. */
export type Profile = z.infer<typeof profileSchema>

export type ParsedProfile = { ok: true; profile: Profile } | { ok: false; problems: string[] }

/** Reads a mapping from JSON, such as a file of --mapping or a saved profile. Each problem names its place. */
export function parseProfile(json: unknown): ParsedProfile {
  const parsed = profileSchema.safeParse(json)
  if (parsed.success) return { ok: true, profile: parsed.data }
  return {
    ok: false,
    problems: parsed.error.issues.map((issue) => `${issue.path.join('.') || 'mapping'}: ${issue.message}`),
  }
}

/** The columns that the file must have for this profile, each once. */
export function neededColumns(profile: Profile): string[] {
  const mapped = Object.values(profile.fields).flatMap((source) =>
    'column' in source && source.optional !== true ? [source.column] : [],
  )
  return [...new Set([...mapped, ...profile.checks.map((check) => check.column)])]
}
