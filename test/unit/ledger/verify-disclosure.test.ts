import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
import { describe, expect, test } from 'vitest'
import { foldEntries } from '#app/ledger/chain-reader.ts'
import type { CheckResult } from '#app/ledger/check-result.ts'
import { continuationKeyOf, textHashOf } from '#app/ledger/commitment.ts'
import { type DisclosedSubject, disclosureBytes, parseDisclosure } from '#app/ledger/disclosure.ts'
import { type ChainEntry, ChainReadError, type ChainReader, type LedgerStream } from '#app/ledger/stream.ts'
import { verifyDisclosure } from '#app/ledger/verify-disclosure.ts'
import {
  chainEntries,
  chainOf,
  entry,
  event,
  payment,
  reversal,
  STREAM,
  saltFor,
  subject,
} from '#test/support/ledger-fixture.ts'

const OTHER_ID = '01939c3e-7a10-7c44-9e5d-ffffffffffff'
const OTHER_WRITER = `0x${'bb'.repeat(20)}`

/** Checks what a person would hand in: the file's bytes, against a chain of these entries. */
async function check(
  subjects: DisclosedSubject[],
  entries: readonly ChainEntry[] | null,
  streams: LedgerStream[] = [STREAM],
): Promise<CheckResult> {
  const parsed = parseDisclosure(disclosureBytes(subjects))
  if (!parsed.ok) throw new Error(parsed.refusal.sentence)
  return verifyDisclosure(parsed.disclosure, entries === null ? null : { streams, reader: chainOf(entries) })
}

const codes = (result: CheckResult): string[] =>
  result.subjects.flatMap((item) =>
    item.entries.flatMap((one) => one.findings.map((finding) => finding.code)),
  )

describe('checking a disclosure', () => {
  const paid = subject(event(), payment())

  test('verifies entries that stand on the ledger, and says where', async () => {
    const result = await check([paid], chainEntries(paid))
    expect(result.outcome).toBe('verified')
    expect(result.summary).toBe('Verified: every entry of this file stands on the shared ledger.')
    expect(result.subjects[0]?.entries.map((item) => item.anchor?.blocksOnTop)).toEqual(['99', '98'])
    expect(result.subjects[0]?.unopened).toEqual([])
  })

  test('lists later and earlier entries that the file does not open', async () => {
    const all = subject(event(), payment(), reversal())
    const result = await check([subject(payment())], chainEntries(all))
    expect(result.outcome).toBe('verified')
    expect(result.summary).toContain('1 later entry exists that this file does not open.')
    expect(result.summary).toContain('1 earlier entry exists that this file does not open.')
    expect(result.subjects[0]?.unopened.map((item) => [item.sequence, item.isLater])).toEqual([
      [1, false],
      [3, true],
    ])
  })

  test('tells a receipt after its reversal apart', async () => {
    const all = subject(event(), payment(), reversal())
    const result = await check([all], chainEntries(all))
    expect(result.outcome).toBe('verified')
    expect(result.subjects[0]?.entries.map((item) => item.reversedBy)).toEqual([null, 3, null])
    expect(result.summary).toContain('A payment in it was taken back later')
  })

  test('without a ledger is consistent with itself and not verified', async () => {
    const result = await check([paid], null)
    expect(result.outcome).toBe('unanchored')
    expect(result.summary).toBe('Consistent with itself, not verified. No ledger was given to compare with.')
    expect(result.subjects[0]?.entries.map((item) => item.status)).toEqual(['consistent', 'consistent'])
  })

  test('does not verify an entry that is not recorded yet', async () => {
    const result = await check([paid], chainEntries(paid).slice(0, 1))
    expect([result.outcome, codes(result)]).toEqual(['unanchored', ['not_recorded']])
    expect(result.subjects[0]?.entries.map((item) => item.status)).toEqual(['verified', 'absent'])
  })

  test('tells a file of another ledger apart: the trusted one knows nothing of it', async () => {
    const elsewhere = subject(event({ subjectId: OTHER_ID }))
    const result = await check([paid], chainEntries(elsewhere))
    expect([result.outcome, codes(result)]).toEqual(['unanchored', ['unknown_subject', 'unknown_subject']])
  })

  test('tells an entry by another writer apart', async () => {
    const forged = subject(event(), payment())
    const onChain = [...chainEntries(forged).slice(0, 1), ...chainEntries(forged, OTHER_WRITER).slice(1)]
    const result = await check([forged], onChain)
    expect([result.outcome, codes(result)]).toEqual(['contradicted', ['other_writer']])
  })

  test('tells another invoice’s entry apart, under its own name and under a false one', async () => {
    const other = subject(event({ subjectId: OTHER_ID }), payment({ subjectId: OTHER_ID }))
    const onChain = [...chainEntries(subject(event())), ...chainEntries(other)]
    const borrowed = {
      ...subject(event()),
      entries: [entry(event()), entry(payment({ subjectId: OTHER_ID }))],
    }
    const result = await check([borrowed], onChain)
    expect([result.outcome, codes(result)]).toEqual(['contradicted', ['wrong_subject', 'other_subject']])

    const renamed = await check([paid], onChain)
    expect(codes(renamed)).toEqual(['not_recorded'])
  })

  test('tells a changed amount, a changed place and a changed salt apart', async () => {
    const onChain = chainEntries(paid)
    const cheaper = subject(event({ amount: '1', openAfter: '1' }), payment({ amount: '1' }))
    expect(codes(await check([cheaper], onChain))).toEqual(['other_entry', 'other_entry'])

    const swapped = [onChain[1], onChain[0]].filter((item) => item !== undefined)
    expect(codes(await check([paid], swapped))).toEqual(['wrong_place', 'wrong_place'])

    const otherKey = { ...paid, salt: saltFor('another') }
    expect(codes(await check([otherKey], onChain))).toEqual(['other_subject', 'other_subject'])
  })

  test('contradicts entries that stand on the ledger and do not add up', async () => {
    const overpaid = subject(event(), payment({ amount: '124051', openAfter: '-1' }))
    const result = await check([overpaid], chainEntries(overpaid))
    expect([result.outcome, codes(result)]).toEqual(['contradicted', ['open_amount_negative']])
  })

  test('opens a text, and contradicts another one', async () => {
    const salt = saltFor('text')
    const textHash = bytesToHex(textHashOf(hexToBytes(salt), 'INV-1043'))
    const named = subject(event({ textHash }))
    const withText = (value: string): DisclosedSubject => ({
      ...named,
      entries: named.entries.map((item) => ({ ...item, text: { salt, value } })),
    })
    const right = await check([withText('INV-1043')], chainEntries(named))
    expect([right.outcome, right.subjects[0]?.entries[0]?.text]).toEqual(['verified', 'INV-1043'])
    expect(codes(await check([withText('INV-1044')], chainEntries(named)))).toEqual(['text_differs'])
    const unnamed = subject(event())
    const added = {
      ...unnamed,
      entries: unnamed.entries.map((item) => ({ ...item, text: { salt, value: '' } })),
    }
    expect(codes(await check([added], chainEntries(unnamed)))).toEqual(['text_differs'])
  })

  test('says why the chain could not be read, and verifies nothing', async () => {
    const silent: ChainReader = {
      readStream: () => Promise.reject(new ChainReadError('unreachable', 'The chain does not answer.')),
      readSubject: () => Promise.resolve([]),
    }
    const parsed = parseDisclosure(disclosureBytes([paid]))
    if (!parsed.ok) throw new Error(parsed.refusal.code)
    const result = await verifyDisclosure(parsed.disclosure, { streams: [STREAM], reader: silent })
    expect([result.outcome, result.unanchored?.code]).toEqual(['unanchored', 'unreachable'])
  })
})

describe('a ledger of several streams', () => {
  const all = subject(event(), payment())
  const next: LedgerStream = { ...STREAM, writer: OTHER_WRITER }
  const [first, second] = [chainEntries(all).slice(0, 1), chainEntries(all, OTHER_WRITER).slice(1)]
  const continuation = (commitment: string): ChainEntry => ({
    subjectKey: `0x${bytesToHex(continuationKeyOf(STREAM.chainId, STREAM.contract, STREAM.writer))}`,
    commitment,
    writer: OTHER_WRITER,
    blockNumber: 50n,
    transactionHash: `0x${'0'.repeat(64)}`,
  })

  test('is read as one when the later stream begins with the head of the earlier', async () => {
    const result = await check([all], [...first, continuation(foldEntries(first)), ...second], [STREAM, next])
    expect(result.outcome).toBe('verified')
    expect(result.readAt.map((item) => item.count)).toEqual([1, 2])
  })

  test.each([
    ['does not begin with a continuation', second],
    ['continues another head', [continuation(`0x${'11'.repeat(32)}`), ...second]],
    ['is empty', []],
  ])('is refused when the later stream %s', async (_, later) => {
    const result = await check([all], [...first, ...later], [STREAM, next])
    expect([result.outcome, result.unanchored?.code]).toEqual(['unanchored', 'not_continued'])
  })
})
