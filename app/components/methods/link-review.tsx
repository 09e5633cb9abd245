import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { ActionForm } from '#app/ui/action-form.tsx'
import { Button } from '#app/ui/button.tsx'
import { TextArea } from '#app/ui/field.tsx'
import { KeyValues } from '#app/ui/key-values.tsx'

/** A linked account that waits for staff, in words. */
export type LinkReview = {
  id: string
  account: string
  customer: { id: string; name: string; number: string }
  bankNames: string | null
  score: string | null
  since: string
}

/** One account with the two names beside each other; the form is there for those who may decide. */
export function LinkReviewItem({
  review,
  canDecide,
  refused,
}: {
  review: LinkReview
  canDecide: boolean
  refused?: { reason: string; problem: string } | undefined
}): ReactNode {
  return (
    <li className="stack-s">
      <h2>{review.account}</h2>
      <p className="small muted">
        Since {review.since}
        {' · '}
        <Link to={`/staff/customers/${review.customer.id}`}>
          {review.customer.name}, {review.customer.number}
        </Link>
      </p>
      <KeyValues
        facts={[
          { key: 'ours', name: 'Our customer', value: review.customer.name },
          { key: 'bank', name: 'Holder at the bank', value: review.bankNames ?? 'The bank tells no name' },
          { key: 'score', name: 'How well they agree, of 100', value: review.score ?? 'Not known' },
        ]}
      />
      {canDecide && (
        <ActionForm className="stack-s">
          <input type="hidden" name="link" value={review.id} />
          <TextArea
            id={`reason-${review.id}`}
            name="reason"
            label="Why"
            hint="What you compared, and whom you asked."
            rows={2}
            maxLength={1000}
            required
            defaultValue={refused?.reason ?? ''}
            error={refused?.problem}
          />
          <div className="row">
            <Button
              name="act"
              value="approve"
              pendingLabel="Approving…"
              aria-label={`It is the customer’s: ${review.account}`}
            >
              It is the customer’s
            </Button>
            <Button
              variant="danger"
              name="act"
              value="refuse"
              pendingLabel="Refusing…"
              aria-label={`Refuse it: ${review.account}`}
            >
              Refuse it
            </Button>
          </div>
        </ActionForm>
      )}
    </li>
  )
}
