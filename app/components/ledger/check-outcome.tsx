import type { ReactNode } from 'react'
import {
  type CheckResult,
  type EntryResult,
  inOrder,
  type SubjectResult,
  type UnopenedEntry,
} from '#app/ledger/check-result.ts'
import {
  amountInWords,
  CERTAINTY_WORDS,
  EVENT_WORDS,
  headWords,
  SUBJECT_WORDS,
} from '#app/ledger/event-words.ts'
import { formatBusinessDate, parseBusinessDate } from '#app/platform/time.ts'
import { Disclosure } from '#app/ui/disclosure.tsx'
import { type KeyValue, KeyValues } from '#app/ui/key-values.tsx'
import { Notice } from '#app/ui/notice.tsx'
import { type Shape, StatusTag, type Tone } from '#app/ui/status-tag.tsx'

const OUTCOME_TONES: Readonly<Record<CheckResult['outcome'], Tone>> = {
  verified: 'accent',
  contradicted: 'brick',
  unanchored: 'amber',
}

const OUTCOME_TITLES: Readonly<Record<CheckResult['outcome'], string>> = {
  verified: 'Verified',
  contradicted: 'Contradicted',
  unanchored: 'Not verified',
}

const STATUS: Readonly<Record<EntryResult['status'], readonly [words: string, tone: Tone, shape: Shape]>> = {
  verified: ['Stands on the shared ledger', 'accent', 'disc'],
  contradicted: ['Contradicted', 'brick', 'square'],
  absent: ['Not on this ledger', 'amber', 'ring'],
  consistent: ['Agrees with itself', 'neutral', 'ring'],
}

/** What a check found, entry by entry. `source` says where the ledger to compare with came from. */
export function CheckOutcome({
  result,
  source,
  fromPdf,
}: {
  result: CheckResult
  source: string
  fromPdf: boolean
}): ReactNode {
  return (
    <div className="stack">
      <Notice tone={OUTCOME_TONES[result.outcome]} title={OUTCOME_TITLES[result.outcome]}>
        <p>{result.summary}</p>
        <p>Compared with {source}.</p>
        {fromPdf && (
          <p>
            Only the file inside the PDF was checked, not the words printed on it: compare them with the list
            below.
          </p>
        )}
      </Notice>
      {result.subjects.map((subject) => (
        <SubjectSection key={subject.subjectKey} subject={subject} />
      ))}
      {result.readAt.length > 0 && (
        <Disclosure summary="How the ledger was read">
          <div className="stack">
            {result.readAt.map((at) => (
              <KeyValues
                key={at.stream}
                facts={[
                  fact('Ledger', at.stream),
                  fact('Entries', at.count.toString()),
                  fact('Read at block', `${at.blockNumber} (${at.blockHash})`),
                ]}
              />
            ))}
            <p>
              The log was replayed from its first entry and agrees with the head that the contract itself
              keeps.
            </p>
            <p>{headWords(result.readAt.every((at) => at.isProven))}</p>
          </div>
        </Disclosure>
      )}
    </div>
  )
}

function SubjectSection({ subject }: { subject: SubjectResult }): ReactNode {
  return (
    <section className="stack" aria-labelledby={`subject-${subject.id}`}>
      <h2 id={`subject-${subject.id}`}>
        {SUBJECT_WORDS[subject.kind]} <code>{subject.id}</code>
      </h2>
      <ol className="timeline">
        {inOrder(subject).map((entry) =>
          'event' in entry ? (
            <EntryItem key={entry.event.id} entry={entry} />
          ) : (
            <UnopenedItem key={entry.sequence} entry={entry} />
          ),
        )}
      </ol>
    </section>
  )
}

function EntryItem({ entry }: { entry: EntryResult }): ReactNode {
  const { event } = entry
  const [words, tone, shape] = STATUS[entry.status]
  const amount =
    event.amount === null || event.currency === null ? null : amountInWords(event.amount, event.currency)
  return (
    <li data-tone={tone}>
      <div className="timeline__head">
        <span className="timeline__what">
          {event.sequence}. {EVENT_WORDS[event.type]}
        </span>
        {amount && <span className="amount">{amount}</span>}
      </div>
      <div className="timeline__meta">
        <time dateTime={event.occurredOn}>{formatBusinessDate(parseBusinessDate(event.occurredOn))}</time>
        {event.openAfter !== null && event.currency !== null && (
          <span> · {amountInWords(event.openAfter, event.currency)} open after it</span>
        )}
      </div>
      {entry.text !== null && <p>“{entry.text}”</p>}
      <div className="timeline__mark">
        <StatusTag tone={tone} shape={shape}>
          {words}
        </StatusTag>
      </div>
      {entry.reversedBy !== null && <p>This payment was taken back by entry {entry.reversedBy}.</p>}
      {entry.findings.map((finding) => (
        <p key={finding.code}>{finding.sentence}</p>
      ))}
      <Disclosure summary="Details">
        <KeyValues facts={detailsOf(entry)} />
      </Disclosure>
    </li>
  )
}

function UnopenedItem({ entry }: { entry: UnopenedEntry }): ReactNode {
  return (
    <li data-tone={entry.isLater ? 'amber' : 'neutral'}>
      <div className="timeline__head">
        <span className="timeline__what">
          {entry.sequence}. {entry.isLater ? 'A later entry' : 'An earlier entry'} that this file does not
          open
        </span>
      </div>
      <p>
        {entry.isLater
          ? 'Something was recorded after what this file shows, such as another payment or a reversal. Ask for a newer file to see it.'
          : 'Something was recorded before what this file shows.'}
      </p>
      <Disclosure summary="Details">
        <KeyValues
          facts={[
            fact('Block', entry.blockNumber),
            fact('Transaction', entry.transactionHash),
            fact('Commitment', entry.commitment),
          ]}
        />
      </Disclosure>
    </li>
  )
}

function detailsOf({ event, anchor }: EntryResult): KeyValue[] {
  return [
    fact('Entry', event.id),
    fact('Certainty', CERTAINTY_WORDS[event.certainty]),
    fact('Written', event.recordedAt),
    ...(event.relatesTo === null ? [] : [fact('About', event.relatesTo)]),
    ...(anchor === null
      ? []
      : [
          fact('Block', `${anchor.blockNumber}, with ${anchor.blocksOnTop} blocks on top`),
          fact('Transaction', anchor.transactionHash),
        ]),
  ]
}

function fact(name: string, value: string): KeyValue {
  return { key: name, name, value: <code>{value}</code> }
}
