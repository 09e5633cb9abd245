import { disclosureBytes, parseDisclosure } from '#app/ledger/disclosure.ts'
import { verifyDisclosure } from '#app/ledger/verify-disclosure.ts'
import { chainEntries, chainOf, event, payment, reversal, STREAM, subject } from './ledger-fixture.ts'
import { secondOpinion } from './second-verifier.ts'

const OTHER = '01939c3e-7a10-7c44-9e5d-ffffffffffff'

/** The outcome and the codes that the product gives for a file against a chain of these subjects. */
async function productVerdict(bytes: Uint8Array, entries: ReturnType<typeof chainEntries>) {
  const parsed = parseDisclosure(bytes)
  if (!parsed.ok) return { outcome: 'refused', codes: [] }
  const result = await verifyDisclosure(parsed.disclosure, { streams: [STREAM], reader: chainOf(entries) })
  const codes = result.subjects.flatMap((one) =>
    one.entries.flatMap((item) => item.findings.map((each) => each.code)),
  )
  return { outcome: result.outcome, codes }
}

/**
 * Flips `count` single bits of a receipt's disclosure, drawn from `random` (0 ≤ x < 1), and answers what both verifiers say
 * of each. The file opens two invoices; the chain holds a later reversal as well.
 */
export async function flipBits(count: number, random: () => number) {
  const first = subject(event(), payment())
  const second = subject(
    event({ subjectId: OTHER }),
    payment({ subjectId: OTHER, amount: '50', openAfter: '124000' }),
  )
  const file = disclosureBytes([first, second])
  const onChain = [...chainEntries(subject(event(), payment(), reversal())), ...chainEntries(second)]
  const log = onChain.map((entry) => [entry.subjectKey.slice(2), entry.commitment.slice(2)] as const)
  const untouched = await productVerdict(file, onChain)
  const flips = []
  for (let number = 0; number < count; number += 1) {
    const bit = Math.floor(random() * file.length * 8)
    const flipped = file.slice()
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7))
    const { outcome, codes } = secondOpinion(flipped, log)
    flips.push({ bit, product: await productVerdict(flipped, onChain), second: { outcome, codes } })
  }
  return { untouched, flips }
}
