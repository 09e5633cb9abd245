import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import canonicalize from 'canonicalize'
import type { ImportedInvoice } from '#app/imports/imported-invoice.ts'

/** What the hashes cover: the invoice without its place in the file, its customer's name and its later history. */
export type HashedInvoice = Pick<
  ImportedInvoice,
  | 'number'
  | 'currency'
  | 'issuedOn'
  | 'dueOn'
  | 'poNumber'
  | 'note'
  | 'siteId'
  | 'netMinor'
  | 'taxMinor'
  | 'roundingMinor'
  | 'totalMinor'
  | 'lines'
  | 'taxes'
>

/**
 * The two hashes of an invoice's content, SHA-256 in hex over RFC 8785 JSON. `amountHash` covers currency, dates,
 * amounts and tax: while it stays, a changed `contentHash` means that only texts changed.
 */
export function invoiceHashes(invoice: HashedInvoice): { contentHash: string; amountHash: string } {
  const { currency, issuedOn, dueOn, netMinor, taxMinor, roundingMinor, totalMinor, taxes } = invoice
  const amounts = { currency, issuedOn, dueOn, netMinor, taxMinor, roundingMinor, totalMinor, taxes }
  const { number, poNumber, note, siteId, lines } = invoice
  return {
    amountHash: hashOf(amounts),
    contentHash: hashOf({ ...amounts, number, poNumber, note, siteId, lines }),
  }
}

/** SHA-256 in hex over the RFC 8785 form of a JSON value; members that are undefined do not count. */
export function hashOf(value: unknown): string {
  const text = canonicalize(value)
  if (text === undefined) throw new Error('only JSON values have a hash')
  return bytesToHex(sha256(utf8ToBytes(text)))
}
