import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { type LedgerDetails, LedgerMark, type LedgerState } from '#app/components/ledger/ledger-mark.tsx'
import { Amount } from '#app/ui/amount.tsx'
import { DataTable } from '#app/ui/data-table.tsx'
import { type KeyValue, KeyValues } from '#app/ui/key-values.tsx'
import { Seal } from '#app/ui/seal.tsx'

/** Name and address as a letter carries them. */
export type PartyBlock = { name: string; lines: readonly string[] }

/** A settled payment as a paper one keeps. */
export type ReceiptView = {
  number: string
  supplier: PartyBlock
  customer: PartyBlock
  paidOn: string
  method: string
  total: string
  currency: string
  items: readonly {
    key: string
    number: string
    href: string | null
    amount: string
    /** Discount that was earned with it; null mostly. */
    takenOff: string | null
    openAfter: string
  }[]
  /** The fee for paying by card; null where there was none. */
  fee: string | null
  /** Money that went to no invoice, formatted; null when all of it was applied. */
  unapplied: string | null
  /** What was taken back since, one line each. */
  reversals: readonly { key: string; what: string; on: string; amount: string }[]
  ledger: LedgerState
  ledgerDetails: readonly LedgerDetails[]
}

/** The receipt: who paid whom, how much, for what, and that it is settled. Prints on one sheet. */
export function ReceiptSheet({ receipt }: { receipt: ReceiptView }): ReactNode {
  const whole = receipt.reversals.length === 0
  return (
    <article className="sheet" aria-labelledby="receipt-title">
      <div className="sheet__head">
        <div className="stack-s">
          <h2 id="receipt-title" className="sheet__title">
            Receipt {receipt.number}
          </h2>
          <p>
            <Amount text={receipt.total} size="huge" />
          </p>
          <p className="muted">
            paid on {receipt.paidOn} {receipt.method}
          </p>
        </div>
        {whole && <Seal word="Settled" date={receipt.paidOn} rim="Paid and booked" />}
      </div>
      <div className="columns columns--even small parties">
        <Party label="Paid to" party={receipt.supplier} />
        <Party label="Paid by" party={receipt.customer} />
      </div>
      <DataTable
        caption="What it paid"
        columns={[
          { key: 'invoice', label: 'Invoice' },
          { key: 'open', label: `Open after it, ${receipt.currency}`, amount: true },
          { key: 'amount', label: `Paid, ${receipt.currency}`, amount: true },
        ]}
      >
        {receipt.items.map((item) => (
          <tr key={item.key}>
            <th scope="row" className="lead">
              <span>
                {item.href === null ? item.number : <Link to={item.href}>{item.number}</Link>}
                {item.takenOff && <span className="row-note">{item.takenOff} taken off</span>}
              </span>
            </th>
            <td data-label="Open after it" className="num">
              {item.openAfter}
            </td>
            <td data-label="Paid" className="num">
              {item.amount}
            </td>
          </tr>
        ))}
        {receipt.fee && (
          <tr>
            <th scope="row" className="lead">
              Fee for paying by card
            </th>
            <td />
            <td data-label="Paid" className="num">
              {receipt.fee}
            </td>
          </tr>
        )}
        {receipt.unapplied && (
          <tr>
            <th scope="row" className="lead">
              Kept as credit on the account
            </th>
            <td />
            <td data-label="Paid" className="num">
              {receipt.unapplied}
            </td>
          </tr>
        )}
      </DataTable>
      {receipt.reversals.length > 0 && (
        <div className="section">
          <h3>Taken back since</h3>
          <KeyValues facts={receipt.reversals.map(reversalFact)} />
        </div>
      )}
      <div className="sheet__foot">
        <LedgerMark state={receipt.ledger} details={receipt.ledgerDetails} />
      </div>
    </article>
  )
}

function reversalFact({ key, what, on, amount }: ReceiptView['reversals'][number]): KeyValue {
  return { key, name: `${what}, ${on}`, value: amount }
}

function Party({ label, party }: { label: string; party: PartyBlock }): ReactNode {
  return (
    <div>
      <p className="muted">{label}</p>
      <p>
        <strong>{party.name}</strong>
        {party.lines.map((line) => (
          <span key={line} className="line">
            {line}
          </span>
        ))}
      </p>
    </div>
  )
}
