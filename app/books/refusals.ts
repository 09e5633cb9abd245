/**
 * Every expected "no" that a person can act on. A refusal is a value, never an exception; bugs throw.
 * The sentence says what happened and what to do; facts (amounts, links) are added by the page that shows it.
 */
import { ACCOUNTS } from '#app/books/refusals/accounts.ts'
import { CASH } from '#app/books/refusals/cash.ts'
import { METHODS } from '#app/books/refusals/methods.ts'
import { MONEY_BACK } from '#app/books/refusals/money-back.ts'
import { PAYING } from '#app/books/refusals/paying.ts'
import type { RefusalEntry } from '#app/books/refusals/refusal-entry.ts'

export type Refusal = { readonly code: RefusalCode; readonly [fact: string]: unknown }

export type Result<Value> =
  | ({ readonly ok: true } & Value)
  | { readonly ok: false; readonly refusal: Refusal }

type Catalogue = typeof PAYING & typeof METHODS & typeof MONEY_BACK & typeof CASH & typeof ACCOUNTS

export type RefusalCode = keyof Catalogue

/** The only map from a refusal to its HTTP status, log level and sentence; its parts are one business noun each. */
export const REFUSALS: Catalogue = {
  ...PAYING,
  ...METHODS,
  ...MONEY_BACK,
  ...CASH,
  ...ACCOUNTS,
} satisfies Record<RefusalCode, RefusalEntry>

/** A refusal with its facts. */
export function refuse(
  code: RefusalCode,
  facts: Readonly<Record<string, unknown>> = {},
): { ok: false; refusal: Refusal } {
  return { ok: false, refusal: { code, ...facts } }
}

/** Whether a text is a code of the catalogue; SQL functions answer with the same codes. */
export function isRefusalCode(text: string): text is RefusalCode {
  return Object.hasOwn(REFUSALS, text)
}
