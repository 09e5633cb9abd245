import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { ActionForm } from '#app/ui/action-form.tsx'
import { Button } from '#app/ui/button.tsx'
import { Disclosure } from '#app/ui/disclosure.tsx'
import { TextInput } from '#app/ui/field.tsx'
import { StatusTag } from '#app/ui/status-tag.tsx'
import type { QueuedRefundRow, RefundRow } from './refund-view.ts'

/** Refunds one below the other; one that waits carries the form that decides about it. `headingLevel` fits them into the page. */
export function RefundList({
  refunds,
  headingLevel: Heading = 'h3',
}: {
  refunds: readonly (RefundRow | QueuedRefundRow)[]
  headingLevel?: 'h2' | 'h3'
}): ReactNode {
  return (
    <ul className="cases">
      {refunds.map((refund) => (
        <li key={refund.id} className="stack-s">
          <Heading>
            Refund of {refund.amount}
            {'customer' in refund && (
              <>
                {' to '}
                <Link to={`/staff/customers/${refund.customer.id}`}>{refund.customer.name}</Link>
              </>
            )}
          </Heading>
          <p>
            <StatusTag tone={refund.tone} shape={refund.shape}>
              {refund.state}
            </StatusTag>
          </p>
          <p className="small muted">
            {'payment' in refund && (
              <>
                <Link to={`/staff/payments/${refund.payment.id}`}>Payment {refund.payment.number}</Link>
                {' · '}
              </>
            )}
            {refund.facts.join(' · ')}
          </p>
          {refund.whyNot && <p className="muted">{refund.whyNot}</p>}
          {refund.mayDecide && <DecideForms refund={refund} />}
        </li>
      ))}
    </ul>
  )
}

function DecideForms({ refund }: { refund: RefundRow }): ReactNode {
  const id = <input type="hidden" name="refund" value={refund.id} />
  return (
    <div className="stack-s">
      <ActionForm>
        {id}
        <Button name="act" value="approve" pendingLabel="Refunding…">
          Approve and refund {refund.amount}
        </Button>
      </ActionForm>
      <Disclosure summary="Decline it">
        <ActionForm className="stack-s narrow">
          {id}
          <TextInput
            id={`note-${refund.id}`}
            name="note"
            label="Why"
            hint="The customer reads this when they asked for it."
            maxLength={500}
            required
          />
          <Button variant="danger" name="act" value="decline" pendingLabel="Declining…">
            Decline the refund of {refund.amount}
          </Button>
        </ActionForm>
      </Disclosure>
    </div>
  )
}
