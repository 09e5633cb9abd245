import type { ReactNode } from 'react'
import { Disclosure } from '#app/ui/disclosure.tsx'
import { type KeyValue, KeyValues } from '#app/ui/key-values.tsx'

/** How far an entry has come on its way to the shared ledger. `none`: nothing of this is recorded there. */
export type LedgerState = 'none' | 'queued' | 'sent' | 'recorded' | 'final'

/** The facts behind the mark, for whoever wants to look them up elsewhere. */
export type LedgerDetails = {
  what: string
  recordedAt: string | null
  chainId: string | null
  contract: string | null
  transaction: string | null
  block: string | null
  commitment: string | null
}

const WORDS: Record<LedgerState, string> = {
  none: 'Not on the shared ledger',
  queued: 'Will be recorded on the shared ledger within moments',
  sent: 'Being recorded on the shared ledger',
  recorded: 'Recorded on the shared ledger',
  final: 'Recorded on the shared ledger, for good',
}

/** Says in plain words where the entry stands; the technical facts only on demand. */
export function LedgerMark({
  state,
  details = [],
}: {
  state: LedgerState
  details?: readonly LedgerDetails[]
}): ReactNode {
  return (
    <div className="ledger">
      <span className="ledger-mark">
        <LedgerSign state={state} />
        {WORDS[state]}
      </span>
      {details.length > 0 && (
        <Disclosure summary="Details of the record">
          <div className="stack">
            {details.map((detail) => (
              <KeyValues key={detail.commitment ?? detail.what} facts={factsOf(detail)} />
            ))}
          </div>
        </Disclosure>
      )}
    </div>
  )
}

function factsOf(detail: LedgerDetails): readonly KeyValue[] {
  const rows: readonly (readonly [string, string | null])[] = [
    ['Entry', detail.what],
    ['Recorded', detail.recordedAt],
    ['Chain', detail.chainId],
    ['Ledger contract', detail.contract],
    ['Transaction', detail.transaction],
    ['Block', detail.block],
    ['Commitment', detail.commitment],
  ]
  return rows.flatMap(([name, value], index) =>
    value === null ? [] : [{ key: name, name, value: index < 2 ? value : <code>{value}</code> }],
  )
}

/** Three links of a chain: drawn in outline until the entry is recorded, filled when it is final. */
function LedgerSign({ state }: { state: LedgerState }): ReactNode {
  const done = state === 'recorded' || state === 'final'
  return (
    <svg
      width="22"
      height="10"
      viewBox="0 0 22 10"
      aria-hidden="true"
      className="ledger-sign"
      data-state={state}
    >
      <g fill={state === 'final' ? 'currentColor' : 'none'} stroke="currentColor" strokeWidth="1.5">
        <circle cx="4" cy="5" r="3" />
        <circle cx="11" cy="5" r="3" />
        <circle cx="18" cy="5" r="3" strokeDasharray={done ? undefined : '1.5 1.5'} />
      </g>
    </svg>
  )
}
