/**
 * Ids are UUID version 7 in the database (they sort by time of making) and carry a prefix at the edge, so that an
 * address or a log line says what it names: inv_0193…
 */
declare const idBrand: unique symbol

/** A UUID in lower case with dashes that names a record of one kind. */
export type Id<Prefix extends IdPrefix> = string & { readonly [idBrand]: Prefix }

export type IdPrefix =
  | 'alo'
  | 'att'
  | 'aut'
  | 'bat'
  | 'cbk'
  | 'bln'
  | 'bst'
  | 'bkl'
  | 'crm'
  | 'crq'
  | 'cst'
  | 'dsp'
  | 'evt'
  | 'exc'
  | 'inv'
  | 'jnl'
  | 'lnk'
  | 'man'
  | 'met'
  | 'pay'
  | 'per'
  | 'rev'
  | 'run'
  | 'rfd'
  | 'ses'
  | 'set'
  | 'wof'

export type AllocationId = Id<'alo'>
export type AutopayId = Id<'aut'>
export type AutopayRunId = Id<'run'>
export type ChargebackId = Id<'cbk'>
export type BankLineId = Id<'bln'>
export type BankLinkId = Id<'bkl'>
export type CreditMemoId = Id<'crm'>
export type CustomerId = Id<'cst'>
export type InvoiceId = Id<'inv'>
export type PaymentId = Id<'pay'>
export type PersonId = Id<'per'>
export type RefundId = Id<'rfd'>
export type SavedMethodId = Id<'met'>

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** A new UUID version 7 (RFC 9562): 48 bits of Unix milliseconds, then 74 random bits. */
export function newId<Prefix extends IdPrefix>(at: number = Date.now()): Id<Prefix> {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  for (let index = 0; index < 6; index++) bytes[index] = Math.floor(at / 2 ** (8 * (5 - index))) & 0xff
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return dashed(hex) as Id<Prefix>
}

/** The id as addresses and files write it: prefix, underscore, 32 hexadecimal digits. */
export function encodeId<Prefix extends IdPrefix>(prefix: Prefix, id: string): `${Prefix}_${string}` {
  return `${prefix}_${id.replaceAll('-', '')}`
}

/** The id that an address names, or null when it is not one of that kind. */
export function decodeId<Prefix extends IdPrefix>(prefix: Prefix, text: string): Id<Prefix> | null {
  const hex = text.startsWith(`${prefix}_`) ? text.slice(prefix.length + 1) : ''
  if (!/^[0-9a-f]{32}$/.test(hex)) return null
  return dashed(hex) as Id<Prefix>
}

/** A database UUID as the id of a record of one kind. Throws when it is not a UUID. */
export function asId<Prefix extends IdPrefix>(uuid: string): Id<Prefix> {
  if (!UUID.test(uuid)) throw new Error(`Not a UUID: ${JSON.stringify(uuid)}`)
  return uuid as Id<Prefix>
}

function dashed(hex: string): string {
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
