import { sha256 } from '@noble/hashes/sha2.js'
import { keccak_256 } from '@noble/hashes/sha3.js'
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js'

/**
 * A second verifier, written from docs/ledger-format.md alone: it imports nothing of the product. Tests compare the two.
 * It checks a file against a stream that is given as a list of [subject key, commitment].
 */
export type Verdict = {
  outcome: 'refused' | 'verified' | 'contradicted' | 'unanchored'
  codes: string[]
  later: number
}

type Json = null | boolean | number | string | Json[] | { [name: string]: Json }
type Event = { [name: string]: string | null } & { sequence: never }

const REFUSED: Verdict = { outcome: 'refused', codes: [], later: 0 }
const hash = (domain: number, salt: string, bytes: Uint8Array): string =>
  bytesToHex(keccak_256(concatBytes(Uint8Array.of(domain), hexToBytes(salt), bytes)))

/** RFC 8785 for values without fractions. */
function serialise(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(serialise).join(',')}]`
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  const names = Object.keys(value).sort()
  return `{${names.map((name) => `${JSON.stringify(name)}:${serialise(value[name] ?? null)}`).join(',')}}`
}

const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'
const HEX = '[0-9a-f]{64}'
const MONEY = '(null|"(0|-?[1-9][0-9]{0,29})")'
const TYPES =
  'invoice.issued|invoice.corrected|invoice.cancelled|credit.issued|credit.applied|payment.applied|payment.reversed|dispute.opened|dispute.resolved|plan.agreed|plan.ended|writeoff|placement.granted|placement.revoked|disclosure.granted|disclosure.revoked|payee.changed|audit.head'
const STRING = '"(?:[^"\\\\\\u0000-\\u001f]|\\\\.)*"'
const EVENT =
  `\\{"amount":${MONEY},"certainty":"(asserted|confirmed|countersigned|irrevocable)","currency":(null|"[A-Z]{3}"),"id":"${UUID}",` +
  `"occurredOn":"\\d{4}-\\d{2}-\\d{2}","openAfter":${MONEY},"recordedAt":"\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}Z","relatesTo":(null|"${UUID}"),` +
  `"sequence":[1-9][0-9]{0,9},"subjectId":"${UUID}","subjectKind":"(invoice|customer|supplier)","textHash":(null|"${HEX}"),"type":"(${TYPES.replaceAll('.', '\\.')})","version":1\\}`
const ENTRY = `\\{"event":${EVENT},"salt":"${HEX}","text":(null|\\{"salt":"${HEX}","value":${STRING}\\})\\}`
const SUBJECT = `\\{"entries":\\[${ENTRY}(,${ENTRY})*\\],"id":"${UUID}","kind":"(invoice|customer|supplier)","salt":"${HEX}"\\}`
/** A canonical file has one spelling, so its grammar is regular. */
const FILE = new RegExp(
  `^\\{"format":"quittance-disclosure","subjects":\\[${SUBJECT}(,${SUBJECT})*\\],"version":1\\}$`,
  'u',
)

type File = {
  subjects: {
    kind: string
    id: string
    salt: string
    entries: { event: Event; salt: string; text: null | { salt: string; value: string } }[]
  }[]
}

function read(bytes: Uint8Array): File | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    const value: unknown = JSON.parse(text)
    if (!FILE.test(text) || serialise(value as Json) !== text) return null
    const file = value as File
    const ascending = (list: (string | number)[]): boolean =>
      list.every((item, i) => i === 0 || (list[i - 1] ?? item) < item)
    const events = file.subjects.flatMap((subject) => subject.entries.map((entry) => entry.event))
    const isDay = (day: string): boolean => new Date(`${day}T00:00:00Z`).toISOString().startsWith(day)
    const isSound =
      ascending(file.subjects.map((subject) => `${subject.kind}:${subject.id}`)) &&
      file.subjects.every((subject) =>
        ascending(subject.entries.map((entry) => Number(entry.event.sequence))),
      ) &&
      events.every((event) => Number(event.sequence) <= 4294967295 && isDay(event.occurredOn ?? '')) &&
      events.every((event) => new Date(event.recordedAt ?? '').toISOString() === event.recordedAt)
    return isSound ? file : null
  } catch {
    return null
  }
}

function ruleCodes(events: Event[], index: number): string[] {
  const event = events[index]
  if (event === undefined) return []
  const codes: string[] = []
  const sequence = Number(event.sequence)
  const isInvoice = event.subjectKind === 'invoice'
  const hasBadMoney = (event.amount === null) !== (event.currency === null) || Number(event.amount) < 0
  if (hasBadMoney || (isInvoice && event.openAfter === null)) codes.push('money_malformed')
  if (Number(event.openAfter) < 0) codes.push('open_amount_negative')
  if (!isInvoice) return codes
  if ((event.type === 'invoice.issued') !== (sequence === 1)) codes.push('not_the_first')
  const must = openAfter(events, index)
  if (must !== null && event.openAfter !== must.toString()) codes.push('open_amount_wrong')
  const unbroken = events.slice(0, index + 1).every((one, i) => Number(one.sequence) === i + 1)
  if (event.type === 'payment.reversed' && unbroken) {
    const of = (type: string): bigint =>
      events
        .slice(0, index + 1)
        .filter((one) => one.type === type && one.relatesTo === event.relatesTo)
        .reduce((sum, one) => sum + BigInt(one.amount ?? 0), 0n)
    if (
      event.relatesTo !== null &&
      event.amount !== null &&
      of('payment.reversed') > of('payment.applied') + of('credit.applied')
    )
      codes.push('reversed_more_than_applied')
  }
  return codes
}

function openAfter(events: Event[], index: number): bigint | null {
  const event = events[index]
  const previous = events[index - 1]
  if (event === undefined) return null
  const amount = BigInt(event.amount ?? 0)
  if (event.type === 'invoice.issued') return event.amount === null ? null : amount
  if (event.type === 'invoice.cancelled') return 0n
  if (previous === undefined || Number(previous.sequence) !== Number(event.sequence) - 1) return null
  if (previous.openAfter === null) return null
  const before = BigInt(previous.openAfter ?? 0)
  if (['payment.applied', 'credit.applied', 'writeoff'].includes(event.type ?? '')) return before - amount
  if (event.type === 'payment.reversed') return before + amount
  if (event.type !== 'invoice.corrected') return before
  for (let back = index - 1; back >= 0; back -= 1) {
    const one = events[back]
    if (one === undefined || Number(one.sequence) !== Number(event.sequence) - (index - back)) return null
    if (one.type === 'invoice.issued' || one.type === 'invoice.corrected')
      return one.amount === null ? null : before + amount - BigInt(one.amount ?? 0)
  }
  return null
}

/** The answer of docs/ledger-format.md, section 7, for a file against one stream of one contract with one writer. */
export function secondOpinion(bytes: Uint8Array, log: readonly (readonly [string, string])[]): Verdict {
  const file = read(bytes)
  if (file === null) return REFUSED
  const codes: string[] = []
  const answers: string[] = []
  let later = 0
  for (const subject of file.subjects) {
    const key = hash(2, subject.salt, utf8ToBytes(`${subject.kind}:${subject.id}`))
    const list = log.filter(([one]) => one === key).map(([, commitment]) => commitment)
    const events = subject.entries.map((entry) => entry.event)
    for (const [index, entry] of subject.entries.entries()) {
      const own = ruleCodes(events, index)
      if (entry.event.subjectKind !== subject.kind || entry.event.subjectId !== subject.id)
        own.push('wrong_subject')
      if (entry.text !== null) {
        const named = concatBytes(
          Uint8Array.of(5),
          hexToBytes(entry.text.salt),
          utf8ToBytes(entry.text.value),
        )
        if (bytesToHex(sha256(named)) !== entry.event.textHash) own.push('text_differs')
      }
      const commitment = hash(1, entry.salt, utf8ToBytes(serialise(entry.event)))
      const place = Number(entry.event.sequence)
      const code =
        list[place - 1] === commitment
          ? ''
          : list.includes(commitment)
            ? 'wrong_place'
            : log.some(([, one]) => one === commitment)
              ? 'other_subject'
              : list.length >= place
                ? 'other_entry'
                : list.length === 0
                  ? 'unknown_subject'
                  : 'not_recorded'
      codes.push(...own, ...(code === '' ? [] : [code]))
      const isAbsent = code === 'unknown_subject' || code === 'not_recorded'
      answers.push(
        own.length > 0 ? 'contradicted' : code === '' ? 'verified' : isAbsent ? 'absent' : 'contradicted',
      )
    }
    later += Math.max(0, list.length - Number(events.at(-1)?.sequence ?? 0))
  }
  const outcome = answers.includes('contradicted')
    ? 'contradicted'
    : answers.every((answer) => answer === 'verified')
      ? 'verified'
      : 'unanchored'
  return { outcome, codes, later }
}
