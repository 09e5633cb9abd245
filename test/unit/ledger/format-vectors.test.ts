import { readFileSync } from 'node:fs'
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
import { describe, expect, test } from 'vitest'
import { canonicalBytes } from '#app/ledger/canonical.ts'
import { ENTRY_APPENDED_TOPIC, foldEntries, headSlot } from '#app/ledger/chain-reader.ts'
import { commitmentOf, continuationKeyOf, subjectKeyOf, textHashOf } from '#app/ledger/commitment.ts'
import { parseDisclosure } from '#app/ledger/disclosure.ts'
import type { SubjectKind } from '#app/ledger/event.ts'
import type { ChainEntry } from '#app/ledger/stream.ts'
import { verifyDisclosure } from '#app/ledger/verify-disclosure.ts'
import { chainOf, STREAM } from '#test/support/ledger-fixture.ts'
import { secondOpinion } from '#test/support/second-verifier.ts'

type Vectors = {
  text: { salt: string; value: string; textHash: string }
  subject: { salt: string; kind: SubjectKind; id: string; subjectKey: string }
  events: { salt: string; canonical: string; commitment: string }[]
  log: [string, string][]
  stream: { writer: string; headSlot: string; heads: string[] }
  continuation: { chainId: string; contract: string; writer: string; subjectKey: string; commitment: string }
  eventTopic: string
  disclosure: string
  changed: { edit: [string, string]; outcome: string; codes: string[] }[]
}

const page = readFileSync(new URL('../../../docs/ledger-format.md', import.meta.url), 'utf8')
const vectors = JSON.parse(/```json vectors\n(.*?)\n```/s.exec(page)?.[1] ?? '') as Vectors
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)
const log: ChainEntry[] = vectors.log.map(([subjectKey, commitment]) => ({
  subjectKey: `0x${subjectKey}`,
  commitment: `0x${commitment}`,
  writer: STREAM.writer,
  blockNumber: 1n,
  transactionHash: `0x${'0'.repeat(64)}`,
}))

/** What the product says of a file against the vectors' stream. */
async function verdict(file: Uint8Array) {
  const parsed = parseDisclosure(file)
  if (!parsed.ok) return { outcome: 'refused', codes: [], later: 0 }
  const result = await verifyDisclosure(parsed.disclosure, { streams: [STREAM], reader: chainOf(log) })
  return {
    outcome: result.outcome,
    codes: result.subjects.flatMap((one) =>
      one.entries.flatMap((item) => item.findings.map((each) => each.code)),
    ),
    later: result.subjects.flatMap((one) => one.unopened.filter((entry) => entry.isLater)).length,
  }
}

describe('the test vectors of docs/ledger-format.md', () => {
  test.each(vectors.events)('commitment $commitment', ({ salt, canonical, commitment }) => {
    const form: unknown = JSON.parse(canonical)
    expect(new TextDecoder().decode(canonicalBytes(form))).toBe(canonical)
    expect(bytesToHex(commitmentOf(hexToBytes(salt), canonicalBytes(form)))).toBe(commitment)
  })

  test('subject key, text hash and continuation key', () => {
    const { subject, text, continuation } = vectors
    expect(bytesToHex(subjectKeyOf(hexToBytes(subject.salt), subject.kind, subject.id))).toBe(
      subject.subjectKey,
    )
    expect(bytesToHex(textHashOf(hexToBytes(text.salt), text.value))).toBe(text.textHash)
    expect(
      bytesToHex(continuationKeyOf(BigInt(continuation.chainId), continuation.contract, continuation.writer)),
    ).toBe(continuation.subjectKey)
  })

  test('event topic, head slot and heads', () => {
    expect(ENTRY_APPENDED_TOPIC).toBe(`0x${vectors.eventTopic}`)
    expect(headSlot(vectors.stream.writer)).toBe(`0x${vectors.stream.headSlot}`)
    expect(vectors.stream.heads.map((_, count) => foldEntries(log.slice(0, count)))).toEqual(
      vectors.stream.heads.map((head) => `0x${head}`),
    )
  })

  test('the disclosure verifies, with one later entry', async () => {
    expect(await verdict(utf8(vectors.disclosure))).toEqual({ outcome: 'verified', codes: [], later: 1 })
    expect(secondOpinion(utf8(vectors.disclosure), vectors.log)).toEqual({
      outcome: 'verified',
      codes: [],
      later: 1,
    })
  })

  test.each(vectors.changed)('$edit gives $outcome', async ({ edit: [from, to], outcome, codes }) => {
    const changed = vectors.disclosure.replace(from, to)
    expect(changed).not.toBe(vectors.disclosure)
    expect(await verdict(utf8(changed))).toMatchObject({ outcome, codes })
    expect(secondOpinion(utf8(changed), vectors.log)).toMatchObject({ outcome, codes })
  })
})
