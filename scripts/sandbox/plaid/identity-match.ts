/**
 * How well a name fits the account's holders, 0 to 100. The provider does not publish its rule; this is ours: the same
 * words 100, one name's words among the other's 85, anything else 20, and null when the bank knows no holder.
 */
export function nameScore(asked: string | null | undefined, held: readonly string[]): number | null {
  if (!asked || held.length === 0) return null
  return Math.max(...held.map((name) => scoreOf(wordsOf(asked), wordsOf(name))))
}

/** The same for what fits or does not: an e-mail address, a telephone number, an address. */
export function exactScore(asked: string | null | undefined, held: readonly string[]): number | null {
  if (!asked || held.length === 0) return null
  return held.some((one) => plain(one) === plain(asked)) ? 100 : 20
}

export function isBusinessName(name: string): boolean {
  return /\b(inc|llc|llp|ltd|corp|corporation|company|co|gmbh|plc|group|holdings)\b/i.test(name)
}

function scoreOf(asked: ReadonlySet<string>, held: ReadonlySet<string>): number {
  const shared = [...asked].filter((word) => held.has(word)).length
  if (shared === 0) return 20
  if (shared === asked.size && shared === held.size) return 100
  return shared === asked.size || shared === held.size ? 85 : 20
}

function wordsOf(name: string): ReadonlySet<string> {
  return new Set(name.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [])
}

function plain(text: string): string {
  return text.toLowerCase().replaceAll(/[^\p{L}\p{N}@.]/gu, '')
}
