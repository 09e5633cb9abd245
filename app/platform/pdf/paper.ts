/** Sheets in points (1/72 inch). */
export const SHEETS = {
  A4: { width: 595.28, height: 841.89 },
  LETTER: { width: 612, height: 792 },
} as const

export type SheetSize = keyof typeof SHEETS

/** Countries that write on Letter; everyone else writes on A4 (ISO 216). */
const LETTER_COUNTRIES = new Set([
  'US',
  'CA',
  'MX',
  'CL',
  'CO',
  'CR',
  'DO',
  'GT',
  'NI',
  'PA',
  'PH',
  'PR',
  'SV',
  'VE',
])

/** The sheet that is usual in a country, by its ISO 3166 code of two letters. */
export function sheetOf(countryCode: string): SheetSize {
  return LETTER_COUNTRIES.has(countryCode.toUpperCase()) ? 'LETTER' : 'A4'
}

/** Inks of documents: all of them stay apart from each other when printed in black and white. */
export const INK = {
  text: '#1d1c19',
  muted: '#5d5a52',
  hairline: '#c9c6be',
  rule: '#1d1c19',
  accent: '#0f5c4a',
} as const
