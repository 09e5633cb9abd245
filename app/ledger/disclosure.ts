import { z } from 'zod'
import { findBusinessDate } from '#app/platform/time.ts'
import { type CanonicalEvent, canonicalBytes } from './canonical.ts'
import { CERTAINTIES, EVENT_TYPES, EVENT_VERSION, SUBJECT_KINDS } from './event.ts'

/**
 * A disclosure file opens ledger events to whoever holds it. It is the canonical serialisation of itself, and nothing in it
 * is taken on trust: a member is a fixed word, or goes into a hash that stands on the chain, or is compared with one that
 * does. It never says which chain, contract or writer to believe. Specified in docs/ledger-format.md.
 */
const FORMAT = 'quittance-disclosure'
const MAX_BYTES = 4 * 1024 * 1024
/** Members that would let a file vouch for itself. */
const ANCHOR_NAMES = [
  'chain',
  'chainId',
  'contract',
  'address',
  'ledger',
  'ledgers',
  'writer',
  'rpc',
  'origin',
]

const uuid = z.string().regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/)
const hex32 = z.string().regex(/^[0-9a-f]{64}$/)
const minorUnits = z.string().regex(/^(0|-?[1-9][0-9]{0,29})$/)
const date = z.string().refine((text) => findBusinessDate(text) !== null)
const instant = z.string().refine((text) => {
  const at = new Date(text)
  return /^\d{4}-/.test(text) && !Number.isNaN(at.getTime()) && at.toISOString() === text
})

const eventSchema = z.strictObject({
  amount: minorUnits.nullable(),
  certainty: z.enum(CERTAINTIES),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .nullable(),
  id: uuid,
  occurredOn: date,
  openAfter: minorUnits.nullable(),
  recordedAt: instant,
  relatesTo: uuid.nullable(),
  sequence: z.int().min(1).max(0xffffffff),
  subjectId: uuid,
  subjectKind: z.enum(SUBJECT_KINDS),
  textHash: hex32.nullable(),
  type: z.enum(EVENT_TYPES),
  version: z.literal(EVENT_VERSION),
}) satisfies z.ZodType<CanonicalEvent>

const entrySchema = z.strictObject({
  event: eventSchema,
  salt: hex32,
  /** Opens the event's `textHash`; null leaves it closed. */
  text: z
    .strictObject({
      salt: hex32,
      value: z
        .string()
        .max(10_000)
        .refine((text) => text.isWellFormed()),
    })
    .nullable(),
})

const subjectSchema = z.strictObject({
  entries: z.array(entrySchema).min(1),
  id: uuid,
  kind: z.enum(SUBJECT_KINDS),
  salt: hex32,
})

const disclosureSchema = z.strictObject({
  format: z.literal(FORMAT),
  subjects: z.array(subjectSchema).min(1),
  version: z.literal(1),
})

export type DisclosedEntry = z.infer<typeof entrySchema>
export type DisclosedSubject = z.infer<typeof subjectSchema>
export type Disclosure = z.infer<typeof disclosureSchema>

/** Why a file is refused before anything in it is compared. */
export type DisclosureRefusal = {
  code:
    | 'too_large'
    | 'not_text'
    | 'not_json'
    | 'own_anchor'
    | 'not_a_disclosure'
    | 'not_ordered'
    | 'not_canonical'
  sentence: string
}

/** The bytes of the file that opens these subjects; puts subjects and entries in their order. */
export function disclosureBytes(subjects: readonly DisclosedSubject[]): Uint8Array {
  const ordered = subjects
    .map((subject) => ({ ...subject, entries: subject.entries.toSorted(bySequence) }))
    .toSorted((a, b) => compareText(subjectName(a), subjectName(b)))
  return canonicalBytes(disclosureSchema.parse({ format: FORMAT, subjects: ordered, version: 1 }))
}

/** Reads a disclosure file. Refuses every file that is not, byte for byte, what `disclosureBytes` would write. */
export function parseDisclosure(
  bytes: Uint8Array,
): { ok: true; disclosure: Disclosure } | { ok: false; refusal: DisclosureRefusal } {
  if (bytes.length > MAX_BYTES)
    return refused('too_large', 'The file is larger than 4 MB: it is no disclosure file.')
  const text = decodeUtf8(bytes)
  if (text === null)
    return refused('not_text', 'The file is not UTF-8 text: it is damaged or no disclosure file.')
  const value = parseJson(text)
  if (value === undefined)
    return refused('not_json', 'The file is not JSON: it is damaged or no disclosure file.')
  const anchor = ownAnchor(value)
  if (anchor !== null)
    return refused(
      'own_anchor',
      `The file names its own “${anchor}”. What to trust must come from outside the file.`,
    )
  const parsed = disclosureSchema.safeParse(value)
  if (!parsed.success) {
    const where = parsed.error.issues[0]?.path.join('.') || 'the top level'
    return refused('not_a_disclosure', `The file is no disclosure file of version 1: see ${where}.`)
  }
  if (!isOrdered(parsed.data))
    return refused('not_ordered', 'The file lists a subject or an entry twice or out of order.')
  // The parsed value is written again, so a member that the schema does not know cannot slip through.
  if (!sameBytes(canonicalBytes(parsed.data), bytes))
    return refused(
      'not_canonical',
      'The file is not in its canonical form: it was changed or written by other software.',
    )
  return { ok: true, disclosure: parsed.data }
}

function refused(
  code: DisclosureRefusal['code'],
  sentence: string,
): { ok: false; refusal: DisclosureRefusal } {
  return { ok: false, refusal: { code, sentence } }
}

function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return null
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function ownAnchor(value: unknown): string | null {
  if (typeof value !== 'object' || value === null) return null
  return ANCHOR_NAMES.find((name) => Object.hasOwn(value, name)) ?? null
}

function isOrdered(disclosure: Disclosure): boolean {
  const ascending = <T>(list: readonly T[], compare: (a: T, b: T) => number): boolean =>
    list.every((item, index) => {
      const before = list[index - 1]
      return before === undefined || compare(before, item) < 0
    })
  return (
    ascending(disclosure.subjects, (a, b) => compareText(subjectName(a), subjectName(b))) &&
    disclosure.subjects.every((subject) => ascending(subject.entries, bySequence))
  )
}

function bySequence(a: DisclosedEntry, b: DisclosedEntry): number {
  return a.event.sequence - b.event.sequence
}

function subjectName(subject: Pick<DisclosedSubject, 'kind' | 'id'>): string {
  return `${subject.kind}:${subject.id}`
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index])
}
